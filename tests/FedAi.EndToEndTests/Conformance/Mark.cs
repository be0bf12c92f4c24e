namespace FedAi.EndToEndTests.Conformance;

/// <summary>What a case that holds says in docs/CONFORMANCE.md.</summary>
internal enum Mark
{
    /// <summary>Works as with OpenAI.</summary>
    Yes,

    /// <summary>Taken, without effect on the answer.</summary>
    Accepted,

    /// <summary>Refused with an error that names it.</summary>
    Refused,
}
