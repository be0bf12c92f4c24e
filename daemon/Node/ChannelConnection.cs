using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace FedAi.Daemon.Node;

/// <summary>
/// A connection that this node opened, as the HTTP server sees it: like one that a router had opened from its address. What many answers
/// have for it at one moment leaves in one write, as from a socket of the server's own.
/// </summary>
internal sealed class ChannelConnection : DefaultConnectionContext
{
    /// <summary>Of the last bytes to a router that does not read them.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(2);

    private readonly Stream stream;
    private readonly Pipe output = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Task sending;
    private readonly CancellationTokenSource closing = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ChannelConnection(string id, Stream stream, IPEndPoint router) : base(id)
    {
        this.stream = stream;
        // The address decides what a caller may see (PeerAddress): without one it would count as this machine.
        RemoteEndPoint = router;
        ConnectionClosed = closing.Token;
        Transport = new Pipes(PipeReader.Create(stream), output.Writer);
        sending = SendAsync();
    }

    /// <summary>Completes when the server is done with it.</summary>
    public Task Ended => ended.Task;

    public override void Abort(ConnectionAbortedException abortReason) => stream.Dispose();

    public override async ValueTask DisposeAsync()
    {
        await output.Writer.CompleteAsync();
        await Task.WhenAny(sending, Task.Delay(Linger));
        await stream.DisposeAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await closing.CancelAsync();
        ended.TrySetResult();
        await base.DisposeAsync();
        closing.Dispose();
    }

    /// <summary>Ends when all is written or the connection broke, which the server sees at its next flush.</summary>
    private async Task SendAsync()
    {
        try
        {
            await output.Reader.CopyToAsync(stream);
            await output.Reader.CompleteAsync();
        }
#pragma warning disable CA1031 // Whatever broke it, the server must see it: it would wait for room for ever.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            await output.Reader.CompleteAsync(broken);
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
