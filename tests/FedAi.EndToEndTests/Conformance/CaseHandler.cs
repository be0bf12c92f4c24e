using System.Net.Http.Headers;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>The transport of a .NET client that keeps the answers, or cuts streams into pieces.</summary>
internal sealed class CaseHandler(int? seed) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly List<RecordedAnswer> answers = [];

    public IReadOnlyList<RecordedAnswer> Answers => answers;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var type = response.Content.Headers.ContentType;
        answers.Add(new RecordedAnswer((int)response.StatusCode, type?.ToString() ?? "",
            response.Headers.TryGetValues("x-request-id", out var ids) ? ids.Single() : null, body));
        var cut = seed is not null && type?.MediaType == "text/event-stream";
        response.Content = new StreamContent(cut ? new Pieces(body, seed!.Value) : new MemoryStream(body)) { Headers = { ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type.ToString()) } };
        return response;
    }
}
