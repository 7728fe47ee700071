#!/usr/bin/env python3
"""The engine beside PyTorch on one machine: every row in one interleaved run, as a Markdown table.

  peer.py NeuralBench [--row NAME[,NAME…]] [--list] [--rounds 2] [--seconds 3] [--threads 2]
          [--results FILE] [--no-eager] [--no-compile] [--compile-only] [--engine N] [--report]

A row is WORK/NETWORK/PRECISION, such as features/resnet50/float32; or head/NETWORK, medmnist/PRECISION,
memory/NETWORK/PRECISION, start/NETWORK. Each round runs the engine, every variant of PyTorch as it is
installed, and again (but plain eager) with an allocator that keeps its memory; each in a process of its own. The ratio is
of the best median of each side. Results are kept by row in FILE (default: results.jsonl beside this
script's table in Reports/benchmarks/engine.jsonl), so that rows measured one at a time merge into one
table; --report only prints it. --engine notes with a row which version of the engine it is of.
--compile-only measures nothing: it fills torch.compile's own store on disk, so that the rows' processes
find their code there. Progress goes to stderr.

Needs torch (CPU), torchvision and numpy in the running Python.
"""
import argparse, datetime, json, os, statistics, subprocess, sys, time

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(HERE, "..", "..", "Reports", "benchmarks", "engine.jsonl")
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "268435456"}
NETWORKS = ["resnet18", "resnet50", "vgg16", "mobilenet_v2", "efficientnet_b0", "inception_v3", "densenet121"]
SIDES = {"inception_v3": 299}
GOALS = {
    ("features", "float32"): dict(resnet18=1.8, resnet50=1.8, vgg16=2.6, mobilenet_v2=2.2, efficientnet_b0=2.2, inception_v3=1.8, densenet121=1.8),
    ("features", "bfloat16"): dict(resnet18=1.4, resnet50=1.4, vgg16=1.3, mobilenet_v2=2.0, efficientnet_b0=2.0, inception_v3=1.5, densenet121=1.5),
    ("training", "float32"): dict(resnet18=1.7, resnet50=1.9, vgg16=3.2, mobilenet_v2=2.7, efficientnet_b0=2.7, inception_v3=1.7, densenet121=1.7),
    ("training", "bfloat16"): dict(resnet18=1.4, resnet50=1.5, vgg16=1.6, mobilenet_v2=3.5, efficientnet_b0=3.5, inception_v3=1.5, densenet121=1.5),
    ("medmnist", "float32"): dict(medmnist_resnet18=1.5),
    ("medmnist", "bfloat16"): dict(medmnist_resnet18=1.3),
}
HEAD_GOAL, START_GOAL, MEMORY_GOAL = 20.0, 0.1, 0.6


# ---- one PyTorch process ------------------------------------------------------------------------

def memory():
    return next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))


def torchvision():
    """torchvision, also one that was made for another torch: its operators are declared beforehand."""
    import torch
    if not hasattr(torchvision, "library"):
        torchvision.library = torch.library.Library("torchvision", "DEF")
    for operator in ["nms", "qnms"]:
        try:
            torchvision.library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        except RuntimeError:
            pass
    from torchvision import models
    return models


def build(name, classes=7):
    import torch
    models = torchvision()
    if name == "medmnist_resnet18":  # 28x28 images: a 3x3 first convolution, no pooling after it
        model = models.resnet18(weights=None, num_classes=classes)
        model.conv1 = torch.nn.Conv2d(3, 64, 3, padding=1, bias=False)
        model.maxpool = torch.nn.Identity()
        return model
    extra = dict(init_weights=False, aux_logits=False) if name == "inception_v3" else {}
    return getattr(models, name)(weights=None, num_classes=classes, **extra)


def worker(task):
    import warnings
    warnings.filterwarnings("ignore")
    import torch
    torchvision()
    imported = memory()  # what importing costs is not the network's
    torch.manual_seed(0)
    torch.set_num_threads(task["threads"])
    variant, batch, side = task["variant"], task["batch"], task["side"]
    half = task["precision"] == "bfloat16"
    model = build(task["network"])
    x, y = torch.randn(batch, 3, side, side), torch.arange(batch) % 7
    context = lambda: torch.autocast("cpu", dtype=torch.bfloat16, enabled=half and not variant.startswith("folded"))
    if task["work"] == "features":
        model.eval()
        if variant.startswith("folded"):
            import torch.fx.experimental.optimization as fx
            model = fx.fuse(model)
            if half:
                model, x = model.to(torch.bfloat16), x.to(torch.bfloat16)
    else:
        model.train()
    if variant != "eager":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if variant == "compiled":
        model = torch.compile(model)
    if task["work"] == "head":
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        head = model.fc if hasattr(model, "fc") else model.classifier[-1]
        for parameter in head.parameters():
            parameter.requires_grad_(True)
        model.eval()
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.SGD(learned, lr=1e-3, momentum=0.9) if task["work"] != "features" else None

    def step():
        if optimizer is None:
            with torch.no_grad() if variant == "compiled" else torch.inference_mode(), context():
                model(x)
            return
        optimizer.zero_grad(set_to_none=True)
        with context():
            loss = torch.nn.functional.cross_entropy(model(x).float(), y)
        loss.backward()
        optimizer.step()

    begin = time.perf_counter()
    step()
    first = time.perf_counter() - begin
    least = 3 if first < 4 else 2 if first < 8 else 1  # slow steps: one to warm up, fewer timed ones
    if least == 3:
        step()
    times, begin = [], time.perf_counter()
    while len(times) < least or (time.perf_counter() - begin < task["seconds"] and len(times) < 200):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(json.dumps(dict(images_per_second=batch / statistics.median(times), peak_mb=memory() - imported)))


def first_batch(network, batch):
    import torch
    torch.set_num_threads(os.cpu_count())
    model = build(network, 1000).eval()
    with torch.inference_mode():
        print(json.dumps(dict(logit=float(model(torch.full((batch, 3, 224, 224), 0.5))[0, 0]))))


# ---- one row ------------------------------------------------------------------------------------

def run(command, environment=None, limit=200):
    start = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env={**os.environ, **(environment or {})})
    except subprocess.TimeoutExpired:
        print(f"  gave up after {limit} s: {' '.join(command[-2:])[:120]}", file=sys.stderr)
        return None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        print(f"  failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return dict(json.loads(lines[-1]), wall_seconds=time.perf_counter() - start)


def torch_run(options, tuned=False, limit=200, **task):
    task = dict(dict(threads=options.threads, seconds=options.seconds, precision="float32"), **task)
    return run([sys.executable, os.path.abspath(__file__), "--worker", json.dumps(task)], ALLOCATOR if tuned else None, limit)


def speed_row(options, work, network, precision):
    """Images per second of both sides."""
    side, batch = SIDES.get(network, 224), 16
    if network == "medmnist_resnet18":
        side, batch = 28, 128
    kind = "training" if work == "medmnist" else work
    variants = ([] if options.no_eager else ["eager"]) + ["channels last"] + (["folded"] if kind == "features" else [])
    if not options.no_compile:
        variants.append("compiled")
    ours, theirs, tuned = [], {}, {}
    command = [options.ours, "speed", network, kind, "--batch", str(batch), "--size", str(side), "--threads", str(options.threads),
               "--seconds", str(int(options.seconds)), "--precision", precision, "--algorithms", "timed"]
    for _ in range(options.rounds):
        ours.append(run(command))
        for variant in variants:
            task = dict(work=kind, network=network, precision=precision, variant=variant, batch=batch, side=side)
            theirs.setdefault(variant, []).append(torch_run(options, **task))
            if variant in ("channels last", "folded"):  # eager was never the fastest with that allocator
                tuned.setdefault(variant, []).append(torch_run(options, tuned=True, **task))
    best = lambda runs: max((r["images_per_second"] for r in runs if r), default=0)
    plain = {v: best(r) for v, r in theirs.items() if best(r)}
    kept = {v: best(r) for v, r in tuned.items() if best(r)}
    mine, fast = best(ours), max(plain, key=plain.get)
    quick = max(kept, key=kept.get)
    last = [r for r in ours if r][-1]
    peak_ours = min(r["peak_mb"] for r in ours if r)
    peak_theirs = {v: min(r["peak_mb"] for r in rs if r) for v, rs in theirs.items() if any(rs)}
    return dict(ours=mine, theirs=plain[fast], variant=fast, ratio=mine / plain[fast], tuned=kept[quick], tuned_variant=quick,
                ratio_tuned=mine / kept[quick], gflops=last["gflops"], all=plain, all_tuned=kept, peak_mb=peak_ours,
                estimate_mb=last["estimate_mb"], their_peak_mb=peak_theirs, goal=GOALS[(work, precision)].get(network))


def compile_row(options, name):
    """Seconds until torch.compile's first step is done."""
    work, network, precision = name.split("/")
    small = network == "medmnist_resnet18"
    return torch_run(options, limit=1800, work="training" if work == "medmnist" else work, network=network, precision=precision,
                     variant="compiled", batch=128 if small else 16, side=28 if small else SIDES.get(network, 224))


def head_row(options, network):
    """2,000 images, 20 epochs. PyTorch without a cache is timed for a few batches and multiplied."""
    images, epochs = 2000, 20
    ours = run([options.ours, "head", network, "--images", str(images), "--epochs", str(epochs), "--threads", str(options.threads), "--batch", "16"])
    step = max((torch_run(options, work="head", network=network, variant=v, batch=32, side=224) for v in ("eager", "channels last")),
               key=lambda r: r["images_per_second"] if r else 0)
    cached = max((torch_run(options, work="features", network=network, variant=v, batch=32, side=224) for v in ("channels last", "folded")),
                 key=lambda r: r["images_per_second"] if r else 0)
    theirs = images * epochs / step["images_per_second"]
    return dict(ours=ours["seconds"], theirs=theirs, ratio=theirs / ours["seconds"], goal=HEAD_GOAL,
                with_cache=images / cached["images_per_second"], ratio_cached=images / cached["images_per_second"] / ours["seconds"],
                epoch_seconds=ours["epoch_seconds"])


def start_row(options, network):
    """The whole process, from its start to the end of its first batch, after one run of each."""
    ours, theirs = [], []
    for _ in range(options.rounds + 1):
        ours.append(run([options.ours, "first", network, "--batch", "16"]))
        theirs.append(run([sys.executable, os.path.abspath(__file__), "--first", network]))
    a, b = (min(r["wall_seconds"] for r in runs[1:]) for runs in (ours, theirs))
    return dict(ours=a, theirs=b, ratio=a / b, goal=START_GOAL)


def rows():
    names = [f"{work}/{network}/{precision}" for precision in ("float32", "bfloat16") for work in ("features", "training") for network in NETWORKS]
    return names + ["medmnist/medmnist_resnet18/float32", "medmnist/medmnist_resnet18/bfloat16", "head/resnet18", "start/resnet18"]


def measure(options, name):
    parts = name.split("/")
    row = dict(head=head_row, start=start_row).get(parts[0])
    found = row(options, parts[1]) if row else speed_row(options, *parts)
    peak = run([options.ours, "peak", "--threads", str(options.threads)])
    return dict(row=name, date=datetime.date.today().isoformat(), engine=options.engine, threads=options.threads, machine=peak, **found)


# ---- the table ----------------------------------------------------------------------------------

def load(path):
    if not os.path.exists(path):
        return {}
    return {r["row"]: r for r in map(json.loads, open(path))}  # later lines replace earlier ones


def verdict(row, below=False):
    if row.get("goal") is None:
        return ""
    met = row["ratio"] <= row["goal"] if below else row["ratio"] >= row["goal"]
    return "met" if met else "**missed**"


def report(found):
    machine = next((r["machine"] for r in reversed(list(found.values())) if r.get("machine")), None)
    if machine:
        print(f"\nMeasured peak of {machine['threads']} threads: {machine['gflops']:.0f} GFLOP/s in float32, {machine['bfloat16_gflops']:.0f} in bfloat16, "
              f"{machine['gb_per_second']:.0f} GB/s read. Batch 16 at 224 pixels (299 for Inception v3; MedMNIST: batch 128 at 28).\n")
    print("| work | network | precision | ours (images/s) | PyTorch's best | ratio | goal | | tuned allocator | ratio | GFLOP/s | of peak | engine |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | --- |")
    for name in rows():
        r = found.get(name)
        if not r or "variant" not in r:
            continue
        work, network, precision = name.split("/")
        top = r["machine"]["bfloat16_gflops" if precision == "bfloat16" else "gflops"]
        print(f"| {work} | {network} | {precision} | {r['ours']:.1f} | {r['theirs']:.1f} {r['variant']} | {r['ratio']:.2f} | {r['goal']} | {verdict(r)} "
              f"| {r['tuned']:.1f} {r['tuned_variant']} | {r['ratio_tuned']:.2f} | {r['gflops']:.0f} | {100 * r['gflops'] / top:.0f} % | {r.get('engine') or ''} |")
    print("\n| memory in training beyond the start (MiB) | ours | estimated | PyTorch's variant of the speed row | PyTorch's least | ratio to the least | goal | |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    for name in rows():
        r = found.get(name)
        if not r or "variant" not in r or name.startswith("features"):
            continue
        least = min(r["their_peak_mb"].values())
        ratio = r["peak_mb"] / least
        print(f"| {name} | {r['peak_mb']:.0f} | {r['estimate_mb']:.0f} | {r['their_peak_mb'][r['variant']]:.0f} | {least:.0f} | {ratio:.2f} | {MEMORY_GOAL} "
              f"| {verdict(dict(ratio=ratio, goal=MEMORY_GOAL), below=True)} |")
    print("\n| whole processes (seconds) | ours | PyTorch | ratio | goal | |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, r in found.items():
        if name.startswith("head"):
            print(f"| {name}: frozen backbone, 2,000 images, 20 epochs | {r['ours']:.1f} | {r['theirs']:.0f} | {r['ratio']:.0f}× faster | {r['goal']:.0f}× | {verdict(r)} |")
            print(f"| the same beside PyTorch that caches its features once | {r['ours']:.1f} | {r['with_cache']:.1f} | {r['ratio_cached']:.1f}× faster | | |")
        if name.startswith("start"):
            print(f"| {name}: start to the end of the first batch of 16 | {r['ours']:.2f} | {r['theirs']:.2f} | {r['ratio']:.2f} | {r['goal']} | {verdict(r, below=True)} |")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", nargs="?", default=".build/release/NeuralBench")
    parser.add_argument("--row", default="all")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--results", default=RESULTS)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-eager", action="store_true", help="leave out the variant that was never the fastest")
    parser.add_argument("--compile-only", action="store_true")
    parser.add_argument("--engine", type=int, help="the number of the engine's version, kept with the rows")
    parser.add_argument("--worker")
    parser.add_argument("--first")
    options = parser.parse_args()
    if options.worker:
        return worker(json.loads(options.worker))
    if options.first:
        return first_batch(options.first, 16)
    if options.list:
        return print("\n".join(rows()))
    if not options.report:
        for name in rows() if options.row == "all" else options.row.split(","):
            if name not in rows() and not name.startswith("head/"):
                sys.exit(f"peer.py: no row is called '{name}'; --list names them")
            if options.compile_only:
                if name.count("/") == 2:
                    print(f"compiled {name}: {compile_row(options, name)}", file=sys.stderr)
                continue
            print(f"measuring {name}", file=sys.stderr)
            result = measure(options, name)
            with open(options.results, "a") as file:
                file.write(json.dumps(result) + "\n")
    if not options.compile_only:
        report(load(options.results))


if __name__ == "__main__":
    main()
