namespace FedAi.Runners.Llama.Pipe;

/// <summary>One line from fedai-llama; which members are set depends on the kind.</summary>
internal readonly record struct HostEvent(long Id, HostEventKind Kind)
{
    /// <summary>Token: whole characters. Vector: base64 of little-endian float32. Final: the finish reason. Error: the wire name of an error code. Ready: which chat template is used.</summary>
    public string Text { get; init; } = "";

    /// <summary>Error: a sentence that names the next step.</summary>
    public string? Hint { get; init; }

    /// <summary>Token: how many tokens the text is. Vector: which of the texts it belongs to. Started, final: tokens of the prompt, or of all texts. Ready: the context of one request. Loading: percent.</summary>
    public int Count { get; init; }

    /// <summary>Final: tokens made.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Final: tokens of the prompt that the model remembered from before.</summary>
    public int CachedTokens { get; init; }

    /// <summary>Ready: layers that are on a GPU.</summary>
    public int GpuLayers { get; init; }

    /// <summary>Ready: the model only makes vectors and writes nothing.</summary>
    public bool EmbedsOnly { get; init; }

    /// <summary>Ready: how the model calls tools, the name of a <see cref="Calls.ToolSyntax"/>; null: it does not.</summary>
    public string? Tools { get; init; }

    /// <summary>Ready: <see cref="Sandbox.ProcessLock"/> holds.</summary>
    public bool Locked { get; init; }
}
