using System.Text;
using System.Text.Json;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

public sealed class RuleVectorTests
{
    [Fact]
    public void TokenEstimate_EveryVector_Agrees()
    {
        foreach (var (name, vector) in VectorFiles.Section("tokenEstimates"))
        {
            var text = Text(vector.GetProperty("textJson"));
            TokenEstimate.Of(text).ShouldBe(vector.GetProperty("tokens").GetInt64(), name);
            Encoding.UTF8.GetByteCount(text).ShouldBe(vector.GetProperty("utf8Bytes").GetInt32(), name);
            Hashes.Sha256(text).ShouldBe(vector.GetProperty("sha256").GetString(), name);
        }
    }

    [Fact]
    public void FederationHashes_EveryVector_Agree()
    {
        foreach (var (name, vector) in VectorFiles.Section("federationHashes"))
        {
            using var document = CanonicalJson.ToDocument(CanonicalJson.Of(Encoding.UTF8.GetBytes(vector.GetProperty("requestJson").GetString()!))!);
            var request = document.RootElement.Deserialize(ProtocolJson.Default.InferenceRequest)!;

            var input = Hashes.Sha256(request.Prompt);
            input.ShouldBe(vector.GetProperty("inputHash").GetString(), name);
            Hashes.Job(request.RequestId, request.ModelId, input, (long)request.MaxTokens).ShouldBe(vector.GetProperty("jobHash").GetString(), name);
        }
    }

    private static string Text(JsonElement json)
    {
        using var document = CanonicalJson.ToDocument(CanonicalJson.Of(Encoding.UTF8.GetBytes(json.GetString()!))!);
        return document.RootElement.GetString()!;
    }
}
