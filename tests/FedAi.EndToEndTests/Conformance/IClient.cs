namespace FedAi.EndToEndTests.Conformance;

/// <summary>A client library with the cases written for it.</summary>
internal interface IClient : IAsyncDisposable
{
    /// <summary>Runs one case; null when there is none of this id. Throws when the case itself is broken; an error of the API is an outcome.</summary>
    Task<CaseRun?> RunAsync(string id, CaseCall call);
}
