using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace FedAi.Daemon.Node;

/// <summary>A connection that this node opened, as the HTTP server sees it: like one that a router had opened from its address.</summary>
internal sealed class ChannelConnection : DefaultConnectionContext
{
    private readonly Stream stream;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelConnection(string id, Stream stream, IPEndPoint router) : base(id)
    {
        this.stream = stream;
        // The address decides what a caller may see (PeerAddress): without one it would count as this machine.
        RemoteEndPoint = router;
        ConnectionClosed = closing.Token;
        Transport = new Pipes(PipeReader.Create(stream), PipeWriter.Create(stream));
    }

    /// <summary>Completes when the server is done with it.</summary>
    public Task Ended => ended.Task;

    public override void Abort(ConnectionAbortedException abortReason) => stream.Dispose();

    public override async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        await closing.CancelAsync();
        ended.TrySetResult();
        await base.DisposeAsync();
        closing.Dispose();
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
