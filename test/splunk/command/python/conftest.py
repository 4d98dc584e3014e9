"""Makes the app's code importable as Splunk does: bin/ is on the path."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[4] / "splunk" / "bongsu" / "bin"))
