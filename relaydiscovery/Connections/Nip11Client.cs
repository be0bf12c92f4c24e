using System.Net.Http.Headers;

namespace FedAi.RelayDiscovery.Connections;

/// <summary>Reads relays' NIP-11 documents, each bounded in size and time. What fails is not said: null.</summary>
public static class Nip11Client
{
    private static readonly MediaTypeWithQualityHeaderValue DocumentType = new("application/nostr+json");

    /// <summary>The document of a relay, and how far our clock is ahead of the server that gave it.</summary>
    public static async Task<(Nip11Document? Document, TimeSpan? ClockAhead)> ReadAsync(HttpClient http, Uri relay, TimeSpan timeout, TimeProvider clock, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(relay) { Scheme = relay.Scheme == "wss" ? "https" : "http" }.Uri);
            request.Headers.Accept.Add(DocumentType);
            var asked = clock.GetUtcNow();
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            var ahead = RelayClock.Ahead(asked, clock.GetUtcNow(), response.Headers.Date);
            if (!response.IsSuccessStatusCode) return (null, ahead);
            return (await BoundedBody.ReadAsync(response.Content, Nip11Document.MaxBytes, late.Token) is { } body ? Nip11Document.TryRead(body) : null, ahead);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return (null, null);
        }
    }
}
