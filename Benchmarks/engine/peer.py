#!/usr/bin/env python3
"""The engine beside PyTorch on one machine: each round runs every contestant once, in turn.

  peer.py --ours .build/release/NeuralBench [--networks resnet18,…] [--purposes features,train]
          [--rounds 3] [--threads 2] [--seconds 4] [--processor-time]
Needs torch (CPU), torchvision and timm in the running Python. PyTorch's contestants: eager,
channels-last, batch norm folded (features only), and the best of them again with an allocator that
keeps its memory (MALLOC_* variables). --processor-time counts the processor's seconds of one thread
instead of elapsed time: for machines that are not ours alone. Ratios are of the best round of each.
"""
import argparse, json, os, statistics, subprocess, sys, time

ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "4294967296", "MALLOC_TRIM_THRESHOLD_": "17179869184", "MALLOC_TOP_PAD_": "268435456"}


def clock(options):
    return time.process_time() if options.processor_time else time.perf_counter()


def build(name, classes):
    import torch
    build.library = torch.library.Library("torchvision", "DEF")  # for a torchvision made for another torch
    for operator in ["nms", "qnms"]:
        try:
            build.library.define(operator + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        except RuntimeError:
            pass
    import torchvision.models as models
    if hasattr(models, name):
        extra = dict(init_weights=False, aux_logits=False) if name in ("inception_v3", "googlenet") else {}
        return getattr(models, name)(weights=None, num_classes=classes, **extra)
    import timm
    return timm.create_model(name, pretrained=False, num_classes=classes)


def worker(options):
    import warnings
    warnings.filterwarnings("ignore")
    import torch
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    name, purpose, variant, batch = options.networks, options.purposes, options.worker, options.batch
    size = options.size or {"inception_v3": 299, "xception": 299, "inception_resnet_v2": 299}.get(name, 224)
    model = build(name, 7)
    x, y = torch.randn(batch, 3, size, size), torch.arange(batch) % 7
    if variant in ("channels_last", "folded"):
        x = x.to(memory_format=torch.channels_last)
    if variant == "folded":
        import torch.fx.experimental.optimization as fx
        model = fx.fuse(model.eval())
    if variant in ("channels_last", "folded"):
        model = model.to(memory_format=torch.channels_last)
    if purpose == "features":
        model.eval()

        def step():
            with torch.inference_mode():
                model(x)
    else:
        model.train()
        optimizer = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)

        def step():
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
    step()
    step()
    times, begin = [], clock(options)
    while len(times) < 3 or (clock(options) - begin < options.seconds and len(times) < 200):
        t = clock(options)
        step()
        times.append(clock(options) - t)
    peak = next(int(l.split()[1]) // 1024 for l in open("/proc/self/status") if l.startswith("VmHWM"))
    print(json.dumps(dict(images_per_second=batch / statistics.median(times), best=batch / min(times), peak_mb=peak)))


def run(command, environment=None):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        print(done.stderr.strip()[-400:], file=sys.stderr)
        return None
    return json.loads(lines[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", nargs="?", default=".build/release/NeuralBench")
    parser.add_argument("--networks", default="resnet18,resnet50,vgg16,mobilenet_v2,efficientnet_b0")
    parser.add_argument("--purposes", default="features,train")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--size", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--algorithms", default="timed")
    parser.add_argument("--processor-time", action="store_true")
    parser.add_argument("--worker")
    options = parser.parse_args()
    if options.processor_time:
        options.threads = 1
    if options.worker:
        return worker(options)
    common = ["--threads", str(options.threads), "--batch", str(options.batch), "--size", str(options.size)]
    if options.processor_time:
        common.append("--processor-time")
    for name in options.networks.split(","):
        for purpose in options.purposes.split(","):
            task = ["--networks", name, "--purposes", purpose] + common
            variants = ["eager", "channels_last"] + (["folded"] if purpose == "features" else [])
            results = {}
            for _ in range(options.rounds):
                ours = run([options.ours, "--seconds", str(int(options.seconds)), "--algorithms", options.algorithms] + task)
                results.setdefault("ours", []).append(ours)
                for variant in variants:
                    for kind, environment in [("", {}), (" tuned", ALLOCATOR)]:
                        command = [sys.executable, __file__, "--worker", variant, "--seconds", str(options.seconds)] + task
                        results.setdefault(variant + kind, []).append(run(command, environment))
            best = {k: max(r["images_per_second"] for r in v if r) for k, v in results.items() if any(v)}
            peak = {k: max(r["peak_mb"] for r in v if r) for k, v in results.items() if any(v)}
            plain = max(v for k, v in best.items() if k in variants)
            tuned = max(v for k, v in best.items() if k.endswith("tuned"))
            print(json.dumps(dict(
                network=name, purpose=purpose, threads=options.threads,
                images_per_second={k: round(v, 2) for k, v in best.items()},
                ratio=round(best["ours"] / plain, 2), ratio_tuned=round(best["ours"] / tuned, 2), peak_mb=peak)), flush=True)


if __name__ == "__main__":
    main()
