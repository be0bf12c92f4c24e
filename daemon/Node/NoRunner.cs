using System.Runtime.CompilerServices;
using FedAi.Protocol.Messages;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>runner.kind none: a node that registers, but serves no model.</summary>
internal sealed class NoRunner : IRunner
{
    public IReadOnlyList<RunnerModel> Models => [];

    public RunnerStatus Status { get; } = new("none", Ready: false, "runner.kind is none", null, 0, "none", [], 0);

    event Action? IRunner.Changed { add { } remove { } }

    public async IAsyncEnumerable<InferenceEvent> StreamAsync(InferenceRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        yield return new InferenceFailure(new Refusal(ErrorCode.RunnerUnavailable, "This node has no runner; set runner.kind and runner.modelPath."));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
