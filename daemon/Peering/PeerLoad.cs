namespace FedAi.Daemon.Peering;

/// <summary>
/// What this daemon itself sees of a peer (a router of its nodes, a gateway of its routers): requests in flight, how fast it
/// answers, when it last failed. Believed before anything the peer says of itself. All members are safe to use at once.
/// </summary>
internal sealed class PeerLoad
{
    private int inFlight;
    private long lastFailureMs = long.MinValue / 2;
    private long failuresInRow;
    private long samples;
    private double latencyMs;
    private readonly Lock gate = new();

    public int InFlight => Volatile.Read(ref inFlight);

    public void Enter() => Interlocked.Increment(ref inFlight);

    public void Leave() => Interlocked.Decrement(ref inFlight);

    /// <summary>A request went well; the time to the first sign of an answer, in ms.</summary>
    public void Succeeded(double firstAnswerMs)
    {
        lock (gate)
        {
            failuresInRow = 0;
            samples++;
            // Weighs the last ten or so answers: quick to notice a change, slow to believe one odd request.
            latencyMs = latencyMs == 0 ? firstAnswerMs : latencyMs + (firstAnswerMs - latencyMs) * 0.1;
        }
    }

    /// <summary>The peer's own fault: unreachable, wrong signature, broken stream. Never called for a client's mistake or a full peer.</summary>
    public void Failed(long nowMs)
    {
        lock (gate)
        {
            samples++;
            Miss(nowMs);
        }
    }

    /// <summary>The peer was looked for and not found: as bad as a failed request, but no job, of which what it claims fades.</summary>
    public void Missed(long nowMs)
    {
        lock (gate) Miss(nowMs);
    }

    public PeerObservation Observe(long nowMs)
    {
        lock (gate) return new PeerObservation(InFlight, latencyMs, failuresInRow, nowMs - lastFailureMs, samples);
    }

    private void Miss(long nowMs)
    {
        failuresInRow++;
        lastFailureMs = nowMs;
    }
}
