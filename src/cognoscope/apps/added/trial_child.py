"""Run as a script, alone: loads an unknown network, feeds it zeros, prints the shapes of its outputs as JSON.

It imports nothing of this package, so that it starts quickly and nothing is lost when it dies.
"""

import json
import sys

MEMORY = 8 << 30
MISSING, UNUSABLE = 3, 1


def main(path: str, name: str, sides: str) -> int:
    """Load, run, print."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        import numpy
        import onnxruntime
    except ImportError:
        return MISSING
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        found = session.run(None, {name: numpy.zeros([int(side) for side in sides.split(",")], numpy.float32)})
    except Exception:  # its errors have no common base but Exception
        return UNUSABLE
    shapes = {out.name: numpy.shape(value) for out, value in zip(session.get_outputs(), found, strict=True)}
    sys.stdout.write(json.dumps(shapes))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
