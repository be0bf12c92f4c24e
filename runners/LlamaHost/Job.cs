using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>A command on its way to the loop: to generate from these tokens, to make vectors of these texts, to say why not, or (none of them) to cancel.</summary>
internal sealed record Job(long Id)
{
    public Generation? Settings { get; init; }

    public int[] Prompt { get; init; } = [];

    /// <summary>Belongs to whoever runs or drops the job.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Each text as tokens.</summary>
    public IReadOnlyList<int[]>? Texts { get; init; }

    public Refusal? Refusal { get; init; }
}
