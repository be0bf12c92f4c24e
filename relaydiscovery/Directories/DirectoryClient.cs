using System.Net.Http.Headers;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>Asks directories over HTTP for relays. Each is bounded in size, time and count, and none can keep another from answering.</summary>
/// <param name="httpFor">The client for a directory; it must not follow redirects, and should judge the addresses it connects to.</param>
/// <param name="timeout">How long one directory may take, its whole answer included.</param>
public sealed class DirectoryClient(Func<Uri, HttpClient> httpFor, TimeSpan timeout)
{
    private static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    /// <summary>The answers in the order of the directories; each is also reported as soon as it is there.</summary>
    public async Task<IReadOnlyList<DirectoryAnswer>> AskAsync(IEnumerable<Uri> directories, IProgress<DirectoryAnswer>? progress, CancellationToken stop) =>
        await Task.WhenAll(directories.Select(async directory =>
        {
            var answer = await AskAsync(directory, stop);
            progress?.Report(answer);
            return answer;
        }));

    private async Task<DirectoryAnswer> AskAsync(Uri directory, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, directory);
            request.Headers.Accept.Add(Json);
            using var response = await httpFor(directory).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
            if ((int)response.StatusCode is >= 300 and < 400) return Failed(directory, "redirects, which is not followed: name the address it leads to");
            if (!response.IsSuccessStatusCode) return Failed(directory, $"answers {(int)response.StatusCode}");
            if (await BoundedBody.ReadAsync(response.Content, DirectoryDocument.MaxBytes, late.Token) is not { } body) return Failed(directory, $"sends more than {DirectoryDocument.MaxBytes / 1024 / 1024} MiB");
            return DirectoryDocument.TryRead(body, directory.Host) is { } claims ? new DirectoryAnswer(directory, claims) : Failed(directory, "sends no JSON");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            return Failed(directory, e is OperationCanceledException ? $"did not answer within {timeout.TotalSeconds} s" : e.GetBaseException().Message);
        }
    }

    private static DirectoryAnswer Failed(Uri directory, string problem) => new(directory, [], problem);
}
