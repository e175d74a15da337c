"""Makes the cases pytorch_modules/*: whole modules of torch.nn, with what they are made of in JSON.

    python make_pytorch_module_fixtures.py OUT

Each case has model.safetensors, the state dict; architecture.json; and io.safetensors, inputs by name and y, y1, ...
Weights are random, and running means and variances other than 0 and 1.
"""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file
from torch import nn

BATCH, STEPS = 3, 11


def conv(layer, x):
    """A layer that PyTorch runs over (batch, features, steps)."""
    return layer(x.transpose(1, 2)).transpose(1, 2)


class Tagger(nn.Module):
    """Everything by default; two layers in both directions."""
    LAYERS = {"layers": [
        {"name": "embedding", "type": "Embedding", "num_embeddings": 20, "embedding_dim": 6, "padding_idx": 0},
        {"name": "gru", "type": "GRU", "input_size": 6, "hidden_size": 5, "num_layers": 2, "bidirectional": True,
         "batch_first": True, "dropout": 0.25},
        {"type": "Dropout", "p": 0.5},
        {"name": "head.fc", "type": "Linear", "in_features": 10, "out_features": 4},
        {"type": "Softmax", "dim": -1}]}

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20, 6, padding_idx=0)
        self.gru = nn.GRU(6, 5, num_layers=2, bidirectional=True, batch_first=True, dropout=0.25)
        self.head = nn.ModuleDict({"fc": nn.Linear(10, 4)})

    def inputs(self):
        return {"x": torch.randint(0, 20, (BATCH, STEPS))}

    def forward(self, x):
        return torch.softmax(self.head["fc"](self.gru(self.embedding(x))[0]), -1)


class ConvStream(nn.Module):
    """A causal convolution, normalisation, a GRU's last state: it streams."""
    LAYERS = {"layers": [
        {"name": "conv", "type": "Conv1d", "in_channels": 5, "out_channels": 8, "kernel_size": 3, "dilation": 2,
         "padding": "causal"},
        {"name": "bn", "type": "BatchNorm1d", "num_features": 8, "eps": 0.001, "momentum": 0.01},
        {"type": "ReLU"},
        {"name": "gru", "type": "GRU", "returns": "h_n"},
        {"name": "fc", "type": "Linear", "bias": False}]}

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(5, 8, 3, dilation=2)
        self.bn = nn.BatchNorm1d(8, eps=0.001, momentum=0.01)
        self.gru = nn.GRU(8, 7, batch_first=True)
        self.fc = nn.Linear(7, 2, bias=False)

    def inputs(self):
        return {"x": torch.randn(BATCH, STEPS, 5)}

    def forward(self, x):
        padded = nn.functional.pad(x.transpose(1, 2), (4, 0))
        h = torch.relu(self.bn(self.conv(padded))).transpose(1, 2)
        return self.fc(self.gru(h)[1][-1])


class ConvPool(nn.Module):
    """Same padding, pooling, layer normalisation, both directions' states; channels before steps in the input."""
    LAYERS = {
        "inputs": {"mel": ["batch", 6, "steps"]},
        "layers": [
            {"name": "conv", "type": "Conv1d", "padding": 2, "kernel_size": [5]},
            {"type": "GELU"},
            {"type": "MaxPool1d", "kernel_size": 2},
            {"name": "norm", "type": "LayerNorm", "normalized_shape": [9]},
            {"name": "rnn", "type": "GRU", "bidirectional": True, "returns": "h_n", "bias": False},
            {"name": "out", "type": "Linear"},
            {"type": "LogSoftmax", "dim": 1}]}

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(6, 9, 5, padding=2)
        self.norm = nn.LayerNorm(9)
        self.rnn = nn.GRU(9, 4, batch_first=True, bidirectional=True, bias=False)
        self.out = nn.Linear(8, 3)

    def inputs(self):
        return {"mel": torch.randn(BATCH, 6, STEPS)}

    def forward(self, mel):
        h = nn.functional.max_pool1d(nn.functional.gelu(self.conv(mel)), 2).transpose(1, 2)
        _, state = self.rnn(self.norm(h))
        return torch.log_softmax(self.out(torch.cat([state[-2], state[-1]], 1)), 1)


class Depthwise(nn.Module):
    """Groups, strides, padding that is not the same, slopes, pooling, and features flattened before steps."""
    LAYERS = {
        "inputs": {"x": ["batch", "steps", 4]},
        "layers": [
            {"name": "depthwise", "type": "Conv1d", "groups": 4, "padding": 3, "bias": False},
            {"name": "norm1", "type": "BatchNorm1d", "affine": False},
            {"name": "slopes", "type": "PReLU", "num_parameters": 8},
            {"name": "strided", "type": "Conv1d", "stride": 2},
            {"name": "slope", "type": "PReLU"},
            {"type": "AvgPool1d", "kernel_size": 2, "stride": 1},
            {"type": "Flatten", "steps": 5, "layout": "channels_first"},
            {"name": "fc", "type": "Linear"}]}

    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv1d(4, 8, 3, groups=4, padding=3, bias=False)
        self.norm1 = nn.BatchNorm1d(8, affine=False)
        self.slopes = nn.PReLU(8)
        self.strided = nn.Conv1d(8, 6, 4, stride=2)
        self.slope = nn.PReLU()
        self.pool = nn.AvgPool1d(2, 1)
        self.fc = nn.Linear(30, 3)

    def inputs(self):
        return {"x": torch.randn(BATCH, STEPS, 4)}

    def forward(self, x):
        h = self.slopes(self.norm1(self.depthwise(x.transpose(1, 2))))
        h = self.pool(self.slope(self.strided(h)))
        return self.fc(h.flatten(1))


class Branches(nn.Module):
    """Two inputs, a residual, a mean, a maximum, and two outputs."""
    LAYERS = {
        "inputs": {"series": ["batch", "steps", 6], "static": ["batch", 4]},
        "layers": [
            {"name": "gru1", "type": "GRU", "inputs": ["series"]},
            {"name": "sum", "type": "add", "inputs": ["series", "gru1"]},
            {"name": "again", "type": "GRU", "module": "gru1"},
            {"name": "mean", "type": "mean", "dim": 1},
            {"name": "top", "type": "amax", "dim": 1, "inputs": ["sum"]},
            {"name": "last", "type": "select", "dim": 1, "index": -1, "inputs": ["sum"]},
            {"name": "side", "type": "Linear", "inputs": ["static"]},
            {"type": "Tanh"},
            {"name": "all", "type": "cat", "dim": 1, "inputs": ["mean", "top", "last", "tanh"]},
            {"name": "fc", "type": "Linear"},
            {"name": "scores", "type": "Sigmoid"}],
        "outputs": ["scores", "again"]}

    def __init__(self):
        super().__init__()
        self.gru1 = nn.GRU(6, 6, batch_first=True)
        self.side = nn.Linear(4, 5)
        self.fc = nn.Linear(23, 2)

    def inputs(self):
        return {"series": torch.randn(BATCH, STEPS, 6), "static": torch.randn(BATCH, 4)}

    def forward(self, series, static):
        s = series + self.gru1(series)[0]
        again = self.gru1(s)[0]
        parts = [again.mean(1), s.amax(1), s[:, -1], torch.tanh(self.side(static))]
        return torch.sigmoid(self.fc(torch.cat(parts, 1))), again


class EncoderDecoder(nn.Module):
    """The last state of one GRU begins another."""
    LAYERS = {
        "inputs": {"source": ["batch", "steps"], "target": ["batch", "steps", 3]},
        "layers": [
            {"name": "encoder.embedding", "type": "Embedding", "inputs": ["source"]},
            {"name": "encoder.gru", "type": "GRU", "returns": "h_n"},
            {"name": "decoder.gru", "type": "GRU", "inputs": ["target", "encoder.gru"]},
            {"name": "decoder.fc", "type": "Linear"}]}

    def __init__(self):
        super().__init__()
        self.encoder = nn.ModuleDict({"embedding": nn.Embedding(9, 5), "gru": nn.GRU(5, 6, batch_first=True)})
        self.decoder = nn.ModuleDict({"gru": nn.GRU(3, 6, batch_first=True), "fc": nn.Linear(6, 4)})

    def inputs(self):
        return {"source": torch.randint(0, 9, (BATCH, STEPS)), "target": torch.randn(BATCH, 7, 3)}

    def forward(self, source, target):
        _, state = self.encoder["gru"](self.encoder["embedding"](source))
        return self.decoder["fc"](self.decoder["gru"](target, state)[0])


def functions():
    """Every function of a number, one after another, between linear layers."""
    modules = [nn.ReLU6(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.CELU(1.3), nn.SELU(), nn.GELU(approximate="tanh"),
               nn.SiLU(), nn.Mish(), nn.LogSigmoid(), nn.Tanhshrink(), nn.Hardtanh(-0.5, 2), nn.Hardsigmoid(),
               nn.Hardswish(), nn.Hardshrink(0.3), nn.Softshrink(0.2), nn.Softsign(), nn.Softplus(), nn.Identity()]
    fields = [{}, {"negative_slope": 0.2}, {"alpha": 0.7}, {"alpha": 1.3}, {}, {"approximate": "tanh"}, {}, {}, {}, {},
              {"min_val": -0.5, "max_val": 2}, {}, {}, {"lambd": 0.3}, {"lambd": 0.2}, {}, {"beta": 1}, {}]
    layers, chain = [], []
    for i, (module, field) in enumerate(zip(modules, fields)):
        chain += [nn.Linear(6, 6), module]
        layers += [{"name": str(2 * i), "type": "Linear"}, {"type": type(module).__name__, **field}]
    model = nn.Sequential(*chain)
    for name, weight in model.named_parameters():
        weight.data *= 2.5
    model.LAYERS = {"layers": layers}
    model.inputs = lambda: {"x": torch.randn(BATCH, STEPS, 6)}
    return model


def save(out, name, model):
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
            if module.affine:
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_()
        if isinstance(module, nn.LayerNorm):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_()
        if isinstance(module, nn.PReLU):
            module.weight.data.uniform_(-0.3, 0.6)
    inputs = model.inputs()
    with torch.no_grad():
        outputs = model(*inputs.values())
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    arrays = {name: x.to(torch.int32) if x.dtype == torch.int64 else x for name, x in inputs.items()}
    for i, y in enumerate(outputs):
        arrays["y" if i == 0 else f"y{i}"] = y.contiguous()
    folder = pathlib.Path(out, "pytorch_modules", name)
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, folder / "model.safetensors")
    save_file(arrays, folder / "io.safetensors")
    lines = [f'  {json.dumps(layer)}' for layer in model.LAYERS["layers"]]
    rest = {k: v for k, v in model.LAYERS.items() if k != "layers"}
    text = '{"layers": [\n' + ",\n".join(lines) + "]" + "".join(f',\n "{k}": {json.dumps(v)}' for k, v in rest.items())
    (folder / "architecture.json").write_text(text + "}\n")


if __name__ == "__main__":
    torch.manual_seed(16)
    for name, make in {"tagger": Tagger, "conv_stream": ConvStream, "conv_pool": ConvPool, "depthwise": Depthwise,
                       "branches": Branches, "encoder_decoder": EncoderDecoder, "functions": functions}.items():
        save(sys.argv[1], name, make())
