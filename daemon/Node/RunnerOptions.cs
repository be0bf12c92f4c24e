using FedAi.Runners.Sandbox;

namespace FedAi.Daemon.Node;

/// <summary>The model of this node and the process that runs it (DECISIONS E20, E21).</summary>
internal sealed record RunnerOptions
{
    /// <summary>none serves nothing; llama runs a GGUF file; openai shares the models of the servers in upstreams. Default: llama.</summary>
    public RunnerKind Kind { get; init; } = RunnerKind.Llama;

    /// <summary>The GGUF file, or the name of a model in the data folder's models/ (fedai models list). Default: the only *.gguf there, unless models names some.</summary>
    public string? ModelPath { get; init; }

    /// <summary>The name clients ask for. Default: the file's name without .gguf.</summary>
    public string? ModelId { get; init; }

    /// <summary>Tokens of prompt and answer together, per request; more costs memory. Default: 2048.</summary>
    public int ContextTokens { get; init; } = 2048;

    /// <summary>Requests that the model works on at once, in one batch. Default: 4.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Processor threads of each model; more than there are free processors makes it slower by far. Default: one on up to two processors, else the physical cores less one.</summary>
    public int? Threads { get; init; }

    /// <summary>More models, each in a process of its own: [{"path":"…","id":"…","contextTokens":4096,"slots":2}]. The first of all models is loaded at once and stays; the others are loaded when they are asked for, and make room for each other where memory is short. Default: none.</summary>
    public IReadOnlyList<ServedModelOptions> Models { get; init; } = [];

    /// <summary>Minutes without a request after which a model of models is unloaded. Shorter frees memory sooner and makes the next request wait. Default: 15.</summary>
    public int IdleUnloadMinutes { get; init; } = 15;

    /// <summary>Layers of each model that go to the GPU; 0 keeps all on the processor. Default: all, where a GPU, llama.cpp's CUDA build and the system's libraries are there.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The weakest cage that will do: none, rlimits, unshare, landlock or bubblewrap; without it the runner does not start. The strongest there is, is always taken. Below landlock a model's file that takes over llama.cpp can read this daemon's key. Default: landlock.</summary>
    public IsolationLevel IsolationMinimum { get; init; } = IsolationLevel.Landlock;

    /// <summary>With kind openai: the servers (vLLM, Ollama, llama-server, LM Studio …) whose models this node shares; at most 16. A reload applies changes without dropping a request. Default: none.</summary>
    public IReadOnlyList<UpstreamOptions> Upstreams { get; init; } = [];
}
