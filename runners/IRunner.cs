using FedAi.Protocol.Messages;
using FedAi.Runners.Library;

namespace FedAi.Runners;

/// <summary>
/// Turns requests into tokens. Implementations run the model elsewhere (a child process, another server): this process
/// never holds weights. Safe to call from many requests at once.
/// </summary>
public interface IRunner : IAsyncDisposable
{
    /// <summary>What can be asked right now; empty while nothing is loaded.</summary>
    IReadOnlyList<RunnerModel> Models { get; }

    /// <summary>Raised after <see cref="Models"/> or the readiness changed, from any thread; handlers return at once.</summary>
    event Action? Changed;

    /// <summary>State for <c>/status</c> and <c>/health</c>; never contains a prompt or an output.</summary>
    RunnerStatus Status { get; }

    /// <summary>Where each model file stands that is to be served, offered or not; empty where there are no files.</summary>
    IReadOnlyList<ModelStanding> Standings => [];

    /// <summary>
    /// Runs one request: <see cref="InferenceStarted"/>, deltas, then exactly one <see cref="InferenceEnd"/> or
    /// <see cref="InferenceFailure"/>. Failures are events, not exceptions. Cancelling stops the model between two
    /// tokens (within 1 s) and ends the enumeration with an <see cref="OperationCanceledException"/>. With jobType EMBEDDING
    /// there is one delta of 0 tokens: the vectors of all inputs, normalised, one after another, as base64 of little-endian
    /// float32 (DECISIONS E16). What cannot be honoured is one clear refusal.
    /// </summary>
    IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, CancellationToken cancellationToken);
}
