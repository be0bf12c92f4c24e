namespace FedAi.EndToEndTests.Conformance;

/// <summary>How a case ended. Without a problem it holds; untested means that its client has no case of this id.</summary>
internal sealed record Verdict(string? Problem, bool Untested = false)
{
    public static readonly Verdict Holds = new((string?)null);

    public static readonly Verdict Missing = new("There is no case of this id for this client.", Untested: true);
}
