namespace FedAi.Runners.Llama.Pipe;

/// <summary>One line to fedai-llama (DECISIONS E20). op is <c>load</c> (first and once), <c>infer</c>, <c>embed</c> or <c>cancel</c>; answers carry the same id.</summary>
internal sealed record HostCommand(string Op, long Id)
{
    public LoadSettings? Load { get; init; }

    public Generation? Infer { get; init; }

    /// <summary>Texts to make vectors of.</summary>
    public IReadOnlyList<string>? Embed { get; init; }
}
