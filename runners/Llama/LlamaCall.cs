using System.Threading.Channels;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Runners.Llama;

/// <summary>
/// One request at the child: its events wait here for their reader. A slow reader holds up nobody, and what waits is
/// bounded by the answer itself: there is no more than one event per token, or per vector, that was asked for.
/// </summary>
internal sealed class LlamaCall : IAsyncDisposable
{
    /// <summary>How long the model may take to stop once nobody listens any more.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(1);

    private readonly LlamaChild child;
    private readonly Channel<HostEvent> events;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int most;
    private int delivered;
    private volatile bool abandoned;

    public LlamaCall(LlamaChild child, long id, int most)
    {
        this.child = child;
        this.most = most;
        Id = id;
        events = Channel.CreateBounded<HostEvent>(new BoundedChannelOptions(most + 2) { SingleReader = true, SingleWriter = true });
    }

    public long Id { get; }

    /// <summary>Ends without a final or error event when the child is gone.</summary>
    public ChannelReader<HostEvent> Events => events.Reader;

    /// <summary>Called by the thread that reads the child's pipe; false when the child says more than it may.</summary>
    public bool TryDeliver(in HostEvent @event)
    {
        if (@event.Kind == HostEventKind.Token && (delivered += @event.Count) > most) return false;
        if (@event.Kind == HostEventKind.Vector && ++delivered > most) return false;
        if (@event.Kind == HostEventKind.Final && (@event.OutputTokens > most || @event.CachedTokens > @event.Count)) return false;
        if (!abandoned && !events.Writer.TryWrite(@event)) return false;
        if (@event.Kind is HostEventKind.Final or HostEventKind.Error) End();
        return true;
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        events.Writer.TryComplete();
        ended.TrySetResult();
    }

    /// <summary>Stops the model if it still works for this request, and waits until it did.</summary>
    public async ValueTask DisposeAsync()
    {
        abandoned = true;
        if (ended.Task.IsCompleted) return;
        child.Cancel(Id);
        try
        {
            await ended.Task.WaitAsync(StopLimit, child.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // a step takes that long; the child's answer to the cancel is read whenever it comes
        }
    }
}
