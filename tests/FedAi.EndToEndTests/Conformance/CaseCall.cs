namespace FedAi.EndToEndTests.Conformance;

/// <summary>Where and what a case asks. Record keeps the bytes of the answers; a seed cuts streams into pieces before the client's parser.</summary>
internal sealed record CaseCall(Uri Address, string Model, string Prompt, string Key = "any", bool Record = false, int? Seed = null)
{
    /// <summary>As clients take it.</summary>
    public string BaseUrl => new Uri(Address, "v1").ToString();
}
