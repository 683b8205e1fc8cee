"""Run by itself in an environment that the wheel was installed into: asks a server over TLS, whose
certificate is checked, to delete nobody.

    python installed_verify.py URL KEY
"""

import sys

import cryptonets_python_sdk as sdk

url, key = sys.argv[1:]
sdk.PrivIDFaceLib.initialize()
urls = {"base_url": url, "deleteUser": f"{url}/FACE3_4/deleteUser"}
settings = sdk.SessionSettings(collections={"default": sdk.Collection(named_urls=urls)},
                               session_token=key)
with sdk.Session(settings) as session:
    _, result = session.user_delete("00000000-0000-0000-0000-000000000000",
                                    sdk.OperationConfig(https_verify_peer_cert=True))
status = result.call_status
print(status.return_code.name, status.return_message or "")
sdk.PrivIDFaceLib.shutdown()
