using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary>A small OpenAI client for one question; what the endpoint refuses is an <see cref="AskException"/> with its own words.</summary>
internal sealed class AskClient : IDisposable
{
    // An answer may rightly take minutes; the person can press Ctrl-C.
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };

    public AskClient(Uri address, string? key, PrivacyLevel? privacy)
    {
        http.BaseAddress = address;
        if (key is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (privacy is { } level) http.DefaultRequestHeaders.Add(PrivacyHeader.Name, level.ToString());
    }

    public async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri("v1/models", UriKind.Relative), cancellationToken);
        var list = await ReadAsync(answer, cancellationToken);
        return (list?["data"] as JsonArray)?.FirstOrDefault()?["id"]?.GetValue<string>()
            ?? throw new AskException($"{http.BaseAddress} offers no model yet: is a node registered?", mayWorkLater: true);
    }

    /// <summary>Asks, and hands each piece of the answer on as it comes.</summary>
    public async Task<AskedAnswer> AskAsync(JsonObject body, Action<string>? onPiece, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/chat/completions", UriKind.Relative))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode) await ReadAsync(answer, cancellationToken);

        var text = new StringBuilder();
        JsonNode? usage = null;
        string? requestId = null;
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]") return new AskedAnswer(text.ToString(), usage, requestId);
            var chunk = Parse(item.Data);
            if (chunk["error"] is { } error) throw Refused(error, mayWorkLater: true);
            if (chunk["choices"] is JsonArray { Count: > 0 } choices && choices[0]?["delta"]?["content"]?.GetValue<string>() is { Length: > 0 } delta)
            {
                text.Append(delta);
                onPiece?.Invoke(delta);
            }

            usage = chunk["usage"]?.DeepClone() ?? usage;
            requestId = chunk["fedai"]?["requestId"]?.GetValue<string>() ?? requestId;
        }

        throw new AskException("the answer broke off: ask again", mayWorkLater: true);
    }

    public async Task<byte[]> ProofAsync(string requestId, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(new Uri($"v1/fedai/requests/{Uri.EscapeDataString(requestId)}", UriKind.Relative), cancellationToken);
        if (!answer.IsSuccessStatusCode) await ReadAsync(answer, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public void Dispose() => http.Dispose();

    /// <summary>The body of a good answer; a bad one is thrown in the endpoint's words.</summary>
    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.IsSuccessStatusCode) return Parse(text);
        var later = answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
        JsonNode? error = null;
        try
        {
            error = (JsonNode.Parse(text) as JsonObject)?["error"];
        }
        catch (JsonException)
        {
            // Not an OpenAI endpoint; its status must do.
        }

        throw error is null ? new AskException($"the endpoint answered with status {(int)answer.StatusCode}", later) : Refused(error, later);
    }

    private static JsonNode Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new AskException("the endpoint does not speak as OpenAI's does", mayWorkLater: false);
        }
    }

    private static AskException Refused(JsonNode error, bool mayWorkLater) =>
        new(error is JsonObject members && members["message"] is { } message ? message.ToString() : error.ToString(), mayWorkLater);
}
