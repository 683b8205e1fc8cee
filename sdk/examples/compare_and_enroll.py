"""Compares two pictures; with a server, also enrols the first and looks for the second.

    python compare_and_enroll.py A.jpg B.jpg
    python compare_and_enroll.py A.jpg B.jpg --url http://127.0.0.1:8080 --key KEY
"""

import argparse
import sys

from cryptonets_python_sdk import (Collection, ImageInputArg, LibraryLoadError, OperationConfig,
                                   PrivIDFaceLib, ReturnStatus, Session, SessionError,
                                   SessionSettings)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", help="a picture of a person")
    parser.add_argument("second", help="a picture to compare it with")
    parser.add_argument("--url", help="address of a privid-server")
    parser.add_argument("--key", default="", help="an API key of that server")
    parser.add_argument("--collection", default="FACE3_4", help="collection on that server")
    return parser.parse_args()


def named_urls(given):
    if not given.url:
        return {}
    base = given.url.rstrip("/")
    verbs = ("predict", "enroll", "deleteUser")
    return {"base_url": base, **{verb: f"{base}/{given.collection}/{verb}" for verb in verbs}}


def checked(answer):
    """The result of an operation; ends the program if it failed."""
    result = answer[1]
    if result.call_status.return_code != ReturnStatus.API_NO_ERROR:
        sys.exit(f"failed: {result.call_status.return_message}")
    return result


def main():
    given = arguments()
    first, second = ImageInputArg(given.first), ImageInputArg(given.second)
    settings = SessionSettings(collections={"default": Collection(named_urls=named_urls(given))},
                               session_token=given.key)
    config = OperationConfig()
    with Session(settings) as session:
        compare = checked(session.face_compare_files(first, second, config)).compare
        if compare:
            print(f"same person: {compare.is_match} (similarity {compare.similarity_score:.3f})")
        if not given.url:
            return
        enroll = checked(session.enroll_onefa(first, config)).enroll
        print(f"enrolled: {enroll.puid or 'nobody'} ({enroll.message})")
        predict = checked(session.face_predict_onefa(second, config)).predict
        print(f"recognised: {predict.puid or 'nobody'}")


if __name__ == "__main__":
    try:
        PrivIDFaceLib.initialize()
        main()
    except (LibraryLoadError, SessionError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    finally:
        PrivIDFaceLib.shutdown()
