namespace FedAi.Daemon.Peering;

/// <summary>Under which HTTP base others reach this daemon: http.publicEndpoint, else the address it listens on.</summary>
internal sealed class PublicAddress
{
    private readonly TaskCompletionSource<Uri> known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The base; ends with a slash. Null until the daemon listens.</summary>
    public Uri? Endpoint => known.Task.IsCompletedSuccessfully ? known.Task.Result : null;

    /// <summary>The base, as soon as the daemon listens.</summary>
    public Task<Uri> Known => known.Task;

    /// <summary>The hash of this daemon's own TLS key and of the next one, to be announced; null when the certificate is one that authorities vouch for, or there is none.</summary>
    public IReadOnlyList<string>? TlsSpki { get; private set; }

    public void Set(Uri address, IReadOnlyList<string>? tlsSpki)
    {
        TlsSpki = tlsSpki;
        known.TrySetResult(address);
    }
}
