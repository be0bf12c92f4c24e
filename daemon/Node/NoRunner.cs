using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>A node that registers, but serves no model, and says why.</summary>
internal sealed class NoRunner(string reason) : IRunner
{
    public IReadOnlyList<RunnerModel> Models => [];

    public RunnerStatus Status { get; } = new("none", Ready: false, reason, null, 0, "none", [], 0);

    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new InferenceFailure(new Refusal(ErrorCode.RunnerUnavailable, "This node has no model to answer with."));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
