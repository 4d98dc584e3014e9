"""The search command `| elasticsearch`. Splunk starts this file; the code is in bongsu_search/."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "lib"))

from splunklib.searchcommands import dispatch  # noqa: E402

from bongsu_search.search import ElasticsearchCommand  # noqa: E402

dispatch(ElasticsearchCommand, sys.argv, sys.stdin, sys.stdout, __name__)
