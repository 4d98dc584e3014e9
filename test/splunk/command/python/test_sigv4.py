"""Signatures held against those that botocore 1.44.8, AWS's own SDK, computes of the same requests."""

import pytest

from bongsu_search.sigv4 import Credentials, Scope, signed

NOW = 1790000000
DOMAIN = "https://search-x.ap-northeast-2.es.amazonaws.com"
BODY = b'{"query":{"match_all":{}}}'


@pytest.mark.parametrize(
    "method, url, body, token, service, signature",
    [
        ("POST", f"{DOMAIN}/aws-*/_search?ignore_unavailable=true&filter_path=hits.total,hits.hits", BODY, None, "es",
         "69863e6d8576b5d0ba3c0c3191229bebd9a2e2c560e2056bc0dcbf9d642c8461"),
        ("GET", f"{DOMAIN}/_resolve/index/aws-%ED%95%9C%2B%20x,-a?b=1&empty=&a=a%2Fb&a=1+1", b"", None, "es",
         "e6768aacaa16c5bf1c88d06a2bface439625ff2ed74f216eb33f7bb60a98ded9"),
        ("DELETE", "https://abc.ap-northeast-2.aoss.amazonaws.com/_search/point_in_time", b'{"pit_id":["x"]}',
         "token/with+signs==", "aoss", "8817ddb3a88cba623a321e89db36e7366e7d649ef7e88da7e23d60c0fc32332c"),
        ("GET", "https://localhost:9200/", b"", None, "es",
         "98e858c89d389e75061ae4e12817e873c6a7b82a890700c2ecfafadc10540e2f"),
    ],
)
def test_a_signature_is_that_of_botocore(method, url, body, token, service, signature):
    keys = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    headers = signed(method, url, {"Content-Type": "application/json"}, body, keys, Scope("ap-northeast-2", service), NOW)
    assert headers["Authorization"].endswith(f"Signature={signature}")
    assert headers["X-Amz-Date"] == "20260921T141320Z"
