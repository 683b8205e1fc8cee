"""Run by itself in an environment that the wheel was installed into: finds the face of a picture.

    python installed_face.py PICTURE
"""

import pathlib
import sys

import cryptonets_python_sdk as sdk
from cryptonets_python_sdk._models import find_tool

package = pathlib.Path(sdk.__file__).parent
assert (package / "idl" / "json_schemas.json").is_file() and (package / "py.typed").is_file()
sdk.PrivIDFaceLib.initialize()
with sdk.Session.from_dict({"collections": {"default": {"named_urls": {}}},
                            "session_token": ""}) as session:
    _, result = session.validate(sdk.ImageInputArg(sys.argv[1]))
assert result.call_status.return_code == 0, result.call_status.return_message
assert len(result.faces) == 1 and result.faces[0].geometry.face_confidence_score > 0.8
tool = find_tool()
assert tool == str(package / "_native" / "bin" / "privid"), tool
with open("/proc/self/maps", encoding="utf-8") as maps:
    loaded = {line.split()[-1] for line in maps if ".so" in line}
names = ("libprivid", "libopenvino", "libcurl", "libjansson")
outside = [path for path in loaded if pathlib.Path(path).name.startswith(names)
           and not path.startswith(str(package))]
assert not outside, outside
print(sdk.PrivIDFaceLib.get_models_cache_directory())
sdk.PrivIDFaceLib.shutdown()
