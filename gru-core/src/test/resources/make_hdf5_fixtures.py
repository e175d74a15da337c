"""Writes HDF5 files in the ways that software beside Keras switches on: newer versions of the format, many links in a
group, chunks, gzip, shuffle. The element of number i of every array is i / 8 - 3.

    python make_hdf5_fixtures.py OUT      (h5py)
"""
import os, sys
import numpy as np
import h5py

out = sys.argv[1]


def array(*shape):
    return (np.arange(np.prod(shape)) / 8 - 3).astype("f").reshape(shape)


def write(name, libver, fill):
    with h5py.File(os.path.join(out, name), "w", libver=libver) as f:
        fill(f)


def groups(n):
    def fill(f):
        layers = f.create_group("layers")
        for i in range(n):
            layers.create_group(f"g{i}").create_dataset("0", data=array(2, 3))
    return fill


def attributes(f):
    for i in range(12):
        f.attrs[f"a{i}"] = f"text {i}"
    f.create_group("layers").create_dataset("0", data=array(2, 3))


def chunked(f):
    layers = f.create_group("layers")
    for name, shape, options in [
            ("plain", (7, 10), dict(chunks=(3, 4))), ("gzip", (7, 10), dict(chunks=(3, 4), compression="gzip")),
            ("shuffle", (7, 10), dict(chunks=(4, 10), shuffle=True)),
            ("both", (40, 30), dict(chunks=(13, 7), compression="gzip", shuffle=True)),
            # gzip makes so few bytes longer, and HDF5 leaves it out.
            ("small", (3,), dict(chunks=(3,), compression="gzip", shuffle=True)),
            ("one", (6, 5), dict(chunks=(6, 5), compression="gzip")), ("deep", (3, 4, 5), dict(chunks=(2, 3, 2), compression="gzip")),
            ("many", (200, 20), dict(chunks=(3, 1)))]:
        layers.create_dataset(name, data=array(*shape), **options)
    layers.create_dataset("growing", data=array(7, 10), chunks=(3, 4), maxshape=(None, 10))
    layers.create_dataset("lzf", data=array(7, 10), chunks=(3, 4), compression="lzf")
    layers.create_dataset("fletcher", data=array(7, 10), chunks=(3, 4), fletcher32=True)
    layers.create_dataset("unwritten", shape=(7, 10), dtype="f")
    partly = layers.create_dataset("partly", shape=(7, 10), dtype="f", chunks=(3, 4))
    partly[0:3] = array(3, 10)
    layers.create_dataset("bomb", data=np.zeros((2000, 1000), "f"), compression="gzip", chunks=(2000, 1000))


write("groups_20_latest.h5", "latest", groups(20))
write("groups_300_latest.h5", "latest", groups(300))
write("groups_20_v110.h5", ("v110", "v110"), groups(20))
write("attributes_latest.h5", "latest", attributes)
write("chunked_earliest.h5", "earliest", chunked)
write("chunked_latest.h5", "latest", chunked)


def compressed(source, name, libver, **options):
    """The weights of a Keras model as another program might store them."""
    with h5py.File(source) as old, h5py.File(os.path.join(out, name), "w", libver=libver) as f:
        def copy(path, item):
            if isinstance(item, h5py.Dataset):
                chunks = tuple(max(1, n // 2) for n in item.shape)
                f.create_dataset(path, data=item[()], chunks=chunks, **options)
            else:
                f.require_group(path)
        old.visititems(copy)
        for i in range(12):
            f.create_group(f"optimizer/slot_{i}")


alone = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras", "functional_state", "model.weights.h5")
compressed(alone, "functional_state_gzip.weights.h5", "earliest", compression="gzip", shuffle=True)
compressed(alone, "functional_state_latest.weights.h5", "latest", compression="gzip", shuffle=True)
