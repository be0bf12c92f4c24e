using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// What stands behind /v1: a router's own nodes, or the routers a gateway knows. Failures are events, not exceptions;
/// cancelling means that the client has left, and ends the enumeration with an <see cref="OperationCanceledException"/>.
/// </summary>
internal interface IInferenceBackend
{
    /// <summary>What can be asked right now, each model once, ordered by id.</summary>
    IReadOnlyList<OpenAiModel> Models { get; }

    /// <summary>The highest privacy level (DECISIONS E10) this backend can keep.</summary>
    PrivacyLevel MaxPrivacy { get; }

    /// <summary>Deltas as they are made, then exactly one <see cref="InferenceEnd"/> or <see cref="InferenceFailure"/>; a model nobody serves is a failure.</summary>
    IAsyncEnumerable<InferenceEvent> RunAsync(InferenceRequest request, CancellationToken cancellationToken);

    /// <summary>The same for the owner of an API key, to whom it is booked where there are books.</summary>
    IAsyncEnumerable<InferenceEvent> RunForAsync(PublicKey client, InferenceRequest request, CancellationToken cancellationToken) => RunAsync(request, cancellationToken);
}
