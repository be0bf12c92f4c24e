using FedAi.Runners.Library;
using FedAi.Runners.Sandbox;

namespace FedAi.Runners.Llama;

/// <summary>What an operator decides about one model that llama.cpp runs.</summary>
public sealed record LlamaRunnerOptions
{
    /// <summary>The model's GGUF file. It is checked before each start; while it cannot be used, the runner offers nothing and says why.</summary>
    public required string ModelPath { get; init; }

    /// <summary>The name under which the model is offered. Default: the file's name without its ending.</summary>
    public string? ModelId { get; init; }

    /// <summary>What the operator added, what was read and tested before: a file that is not any more what was added is not loaded, and one that was not tested is before it is offered. Default: none; the file is hashed at each start, and not tested.</summary>
    public ModelLibrary? Library { get; init; }

    /// <summary>The SHA-256 (hex) of the only files that may be loaded. Default: null, any file may.</summary>
    public IReadOnlyCollection<string>? Approved { get; init; }

    /// <summary>Tokens that prompt and answer of one request may have together, at most what the model was trained for. Memory grows with this times <see cref="Slots"/>.</summary>
    public int ContextTokens { get; init; } = 4096;

    /// <summary>Requests answered at once, 1 to 64; more share one processor, so each gets slower while their sum gets faster. Others wait their turn.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Processor threads of the model. Default: one on up to two processors, else the physical cores less one. More than that makes it slower by orders of magnitude.</summary>
    public int? Threads { get; init; }

    /// <summary>With it the model is loaded by the first request and unloaded after this long without one. Default: loaded at once, and kept.</summary>
    public TimeSpan? IdleUnload { get; init; }

    /// <summary>Layers of the model that go to the GPU; 0 keeps all on the processor. Default: all, where a GPU, llama.cpp's CUDA build and the system's libraries are there; if it does not load there, the processor.</summary>
    public int? GpuLayers { get; init; }

    /// <summary>The weakest cage the operator accepts. Where this host offers less, the runner does not start. Default: one in which it opens no file but its own, so that it cannot read the daemon's key.</summary>
    public IsolationLevel IsolationMinimum { get; init; } = IsolationLevel.Landlock;

    /// <summary>The executable fedai-llama. Default: beside this program, or in <c>llama-host/</c> beside it.</summary>
    public string? HostPath { get; init; }

    /// <summary>The folder of llama.cpp's libraries. Default: the environment's FEDAI_LLAMA_LIBS, <c>llama/</c> beside this program, or what ./fedai.sh setup installed in a checkout above it.</summary>
    public string? LibrariesPath { get; init; }

    /// <summary>Whether a model that runs with the others may go on as it is.</summary>
    internal bool IsSame(LlamaRunnerOptions other) =>
        this with { Approved = null, Library = null } == other with { Approved = null, Library = null }
        && (Approved is null ? other.Approved is null : other.Approved is not null && Approved.ToHashSet().SetEquals(other.Approved));
}
