using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.LlamaHost;

/// <summary>A command on its way to the loop: to generate from these tokens, to say why not, or (neither) to cancel.</summary>
internal sealed record Job(long Id)
{
    public Generation? Settings { get; init; }

    public int[] Prompt { get; init; } = [];

    public Refusal? Refusal { get; init; }
}
