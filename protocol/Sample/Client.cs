#:project ../FedAi.Protocol.csproj
#:property RestorePackagesWithLockFile=false
// A client of a router that uses nothing but this protocol package: asks what a request costs, streams the answer, verifies what the node signed.
//   dotnet run protocol/Sample/Client.cs -- http://127.0.0.1:8480 MODEL "What is a router?"
using System;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

var (router, model, question) = (new Uri(args[0].TrimEnd('/') + "/"), args[1], args[2]);
using var identity = KeyPair.Generate(); // KeyPair.TryParse reads the nsec of a key that stays
using var http = new HttpClient { BaseAddress = router };
var request = new InferenceRequest { RequestId = Guid.CreateVersion7().ToString(), ModelId = model, Prompt = question, MaxTokens = 100 };
long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

// 1. What would it cost? The router signs its price.
var asked = new QuoteRequest
{
    RequestId = request.RequestId,
    ModelId = request.ModelId,
    MaxTokens = request.MaxTokens,
    InputTokensEstimate = TokenEstimate.Of(request),
    OutputTokensEstimate = request.MaxTokens,
};
using (var answer = await http.PostAsync(new Uri("quote", UriKind.Relative), new ByteArrayContent(EnvelopeSealer.Seal(asked, ProtocolJson.Default.QuoteRequest, identity, Now()))))
{
    var text = await answer.Content.ReadAsStringAsync();
    if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"the router refuses: {text}");
    using var json = JsonDocument.Parse(text);
    if (!EnvelopeSealer.TryOpen(json.RootElement.GetProperty("quote"), out var envelope, out _) || !envelope.VerifySignature()
        || !envelope.TryRead(ProtocolJson.Default.QuoteResponse, out var quote, out _)) throw new InvalidOperationException("the quote is not signed");
    Console.WriteLine($"{quote.NodeId} would do it for at most {quote.Price.Total} {quote.Price.Currency}, says {envelope.Key.Npub}");
}

// 2. The answer, piece by piece, and at its end what the node signed.
using var message = new HttpRequestMessage(HttpMethod.Post, new Uri("infer/stream", UriKind.Relative));
message.Content = new ByteArrayContent(EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, identity, Now()));
using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"the router refuses: {await response.Content.ReadAsStringAsync()}");
using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
var (output, name, final) = (new StringBuilder(), "", default(InferenceStreamFinal));
while (final is null && await lines.ReadLineAsync() is { } line)
{
    if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line["event: ".Length..];
    if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
    var data = line["data: ".Length..];
    if (name == "error") throw new InvalidOperationException($"the answer broke off: {data}");
    if (name == "final") final = JsonSerializer.Deserialize(data, ProtocolJson.Default.InferenceStreamFinal);
    if (name != "chunk") continue;
    var chunk = JsonSerializer.Deserialize(data, ProtocolJson.Default.InferenceStreamChunk)!;
    output.Append(chunk.Delta);
    Console.Write(chunk.Delta);
}

// 3. Is it what the node signed, and does the metering fit it?
if (final is null) throw new InvalidOperationException("the stream ended without its signed end");
if (!SignedResult.TryOpen(final, expectedNode: null, out var result, out var refusal)) throw new InvalidOperationException($"the answer does not hold: {refusal}");
if (result.Response.Output != output.ToString()) throw new InvalidOperationException("the node signed another answer");
if (MeteringRules.Check(request, result, nodeId: null, Now()) is { } problem) throw new InvalidOperationException($"the metering does not hold: {problem.Wire()}");
Console.WriteLine($"\nverified: {result.Metering.InputTokens} tokens in, {result.Metering.OutputTokens} out, signed by {result.Node.Npub}");
