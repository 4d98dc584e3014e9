"""The code behind the search commands elasticsearch, elasticsearchcount and elasticsearchasset.

Runs on Python 3.9 and 3.13 with nothing but the standard library and splunklib.
"""
