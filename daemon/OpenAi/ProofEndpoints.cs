using FedAi.Daemon.Peering;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary><c>GET /v1/fedai/requests/{id}</c>: the signed proof of a request, for <c>fedai metering verify</c> (DECISIONS E5).</summary>
internal static class ProofEndpoints
{
    private static readonly Refusal Unknown = new(ErrorCode.NotFound,
        "There is no proof of yours under this id: proofs are kept for ten minutes, in memory, from the end of a request. The id is that of x-request-id.");

    public static void MapProofs(this IEndpointRouteBuilder v1) => v1.MapGet("/fedai/requests/{id}", FindAsync)
        .WithMetadata(new OpenApiOperation("getProof", "The signed proof of a request, for fedai metering verify.", "Proof"));

    private static Task FindAsync(HttpContext context, string id, ProofStore proofs)
    {
        // The answer's own id will do as well; it is the same with OpenAI's prefix.
        return proofs.Find(OpenAiOperation.RequestIdOf(id), OpenAiEdge.OwnerOf(context)) is { } proof
            ? WireAnswer.WriteAsync(context.Response, proof)
            : OpenAiAnswer.RefuseAsync(context.Response, OpenAiErrors.From(Unknown));
    }
}
