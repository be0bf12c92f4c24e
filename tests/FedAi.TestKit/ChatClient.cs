using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;

namespace FedAi.TestKit;

/// <summary>The plainest OpenAI client: asks one question, streamed and greedy, and reads what any client would.</summary>
internal sealed class ChatClient(Uri server) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The model names the server lists now.</summary>
    public async Task<IReadOnlyList<string>> ModelsAsync(CancellationToken cancellationToken)
    {
        var list = JsonNode.Parse(await http.GetStringAsync(new Uri(server, "v1/models"), cancellationToken));
        return [.. list!["data"]!.AsArray().Select(model => (string)model!["id"]!)];
    }

    /// <summary>Waits until the server offers a model: behind a gateway that takes a router, its announcement and a node's registration.</summary>
    public async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience.Limit);
        while (true)
        {
            if (await ModelsAsync(patience.Token) is [var model, ..]) return model;
            await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
    }

    public Task<ChatRun> AskAsync(string model, string question, int? maxTokens, CancellationToken cancellationToken) =>
        AskAsync(Body(model, Question(question), maxTokens), cancellationToken);

    /// <summary>The next turn of a conversation, whose turns share what the model remembers under this key.</summary>
    public Task<ChatRun> AskAsync(string model, JsonArray messages, string cacheKey, int? maxTokens, CancellationToken cancellationToken)
    {
        var body = Body(model, messages, maxTokens);
        body["prompt_cache_key"] = cacheKey;
        return AskAsync(body, cancellationToken);
    }

    private async Task<ChatRun> AskAsync(JsonObject question, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        using var response = await PostAsync(question, privacy: null, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var (text, arrivals, requestId, usage) = (new StringBuilder(), new List<TimeSpan>(), "", default(JsonNode));
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
                return new ChatRun(requestId, text.ToString(), (int)usage!["prompt_tokens"]!, (int)usage["completion_tokens"]!, arrivals);
            var chunk = JsonNode.Parse(item.Data)!;
            if (chunk["error"] is { } error) throw new InvalidOperationException(error.ToJsonString());
            requestId = (string?)chunk["fedai"]?["requestId"] ?? requestId;
            usage = chunk["usage"] ?? usage;
            if (chunk["choices"]!.AsArray() is not [{ } choice] || (string?)choice["delta"]?["content"] is not { Length: > 0 } delta) continue;
            text.Append(delta);
            arrivals.Add(Stopwatch.GetElapsedTime(begun));
        }

        throw new InvalidOperationException("the stream ended without [DONE]");
    }

    /// <summary>Sends the question and gives the answer as soon as its headers are here; the caller reads it, or leaves.</summary>
    public Task<HttpResponseMessage> PostAsync(string model, string question, int? maxTokens, CancellationToken cancellationToken, PrivacyLevel? privacy = null) =>
        PostAsync(Body(model, Question(question), maxTokens), privacy, cancellationToken);

    private async Task<HttpResponseMessage> PostAsync(JsonObject body, PrivacyLevel? privacy, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "v1/chat/completions"))
        {
            Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (privacy is { } level) message.Headers.Add("x-fedai-privacy", level.ToString());
        var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw new InvalidOperationException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }

    /// <summary>The signed proof of a request (GET /v1/fedai/requests/{id}).</summary>
    public Task<string> ProofAsync(string requestId, CancellationToken cancellationToken) =>
        http.GetStringAsync(new Uri(server, $"v1/fedai/requests/{requestId}"), cancellationToken);

    public void Dispose() => http.Dispose();

    private static JsonArray Question(string question) => new(new JsonObject { ["role"] = "user", ["content"] = question });

    private static JsonObject Body(string model, JsonArray messages, int? maxTokens)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
            ["temperature"] = 0,
            ["messages"] = messages.DeepClone(),
        };
        if (maxTokens is { } limit) body["max_tokens"] = limit;
        return body;
    }
}
