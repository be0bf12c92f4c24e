namespace FedAi.TestKit;

/// <summary>A relay that a test talks to: the product's own or an independent one.</summary>
internal interface ITestRelay : IAsyncDisposable
{
    Uri Url { get; }

    /// <summary>Ends this one and starts an empty one under the same address.</summary>
    Task<ITestRelay> RestartAsync();
}
