using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Rules;

public sealed class ProofRulesTests
{
    private static readonly KeyPair Node = KeyPair.Generate();

    private static readonly InferenceRequest Request = WireClient.Ask() with
    {
        Prompt = "",
        Messages = [new ChatMessage { Role = "user", Content = "hello" }],
        Salt = Convert.ToBase64String(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()),
    };

    private static readonly SignedResult Result = SignedResults.For(Request, "An answer.", Node);

    private static JsonObject Proof() => JsonNode.Parse(ProofRules.Write(Request, Result))!.AsObject();

    private static ProofReport Check(JsonNode proof) => ProofRules.Check(Encoding.UTF8.GetBytes(proof.ToJsonString()));

    [Fact]
    public void Check_UnalteredProof_HoldsAndNamesTheNode()
    {
        var report = Check(Proof());

        report.Problems.ShouldBeEmpty();
        report.Node.ShouldBe(Node.PublicKey);
        report.Record!.OutputTokens.ShouldBe(2);
    }

    [Fact]
    public void Check_OtherOrderAndBlanks_AreNoChange()
    {
        var indented = Proof().ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
        var reversed = new JsonObject(Proof().Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

        ProofRules.Check(Encoding.UTF8.GetBytes(indented)).Problems.ShouldBeEmpty();
        Check(reversed).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Check_WithoutTheAnswer_StillHolds()
    {
        var proof = Proof();
        proof.Remove("response");

        proof.ToJsonString().ShouldNotContain("An answer.");
        Check(proof).Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Check_MeteringEnvelopeAlone_Holds() => Check(Proof()["metering"]!.DeepClone()).Problems.ShouldBeEmpty();

    [Theory]
    [InlineData("outputTokens", "3")]
    [InlineData("inputTokens", "4")]
    [InlineData("bytesOut", "11")]
    [InlineData("requestId", "\"another\"")]
    [InlineData("modelId", "\"larger\"")]
    [InlineData("promptHash", "\"00\"")]
    [InlineData("outputHash", "\"00\"")]
    public void Check_AlteredMember_IsNamedBesideTheSignature(string member, string value)
    {
        var proof = Proof();
        proof["metering"]!["payload"]![member] = JsonNode.Parse(value);

        var problems = Check(proof).Problems;

        problems.ShouldContain(problem => problem.StartsWith($"metering.payload.{member}: "));
        problems.ShouldContain(problem => problem.StartsWith("metering.sig: "));
    }

    [Theory]
    [InlineData("wallTimeMs")]
    [InlineData("priceMsat")]
    [InlineData("bytesIn")]
    [InlineData("ts")]
    public void Check_AlteredMemberThatStandsThereOnce_BreaksTheSignature(string member)
    {
        var proof = Proof();
        proof["metering"]!["payload"]![member] = 12345;

        Check(proof).Problems.ShouldHaveSingleItem().ShouldStartWith("metering.sig: ");
    }

    [Fact]
    public void Check_AddedMember_BreaksTheSignature()
    {
        var proof = Proof();
        proof["metering"]!["payload"]!["discount"] = 1;

        Check(proof).Problems.ShouldHaveSingleItem().ShouldStartWith("metering.sig: ");
    }

    [Fact]
    public void Check_AlteredAnswer_IsNamed()
    {
        var proof = Proof();
        proof["response"]!["payload"]!["output"] = "Another text.";

        var problems = Check(proof).Problems;

        problems.ShouldContain(problem => problem.StartsWith("metering.payload.outputHash: "));
        problems.ShouldContain(problem => problem.StartsWith("response.sig: "));
        problems.ShouldContain(problem => problem.StartsWith("response: ") && problem.Contains("responseDigest"));
        problems.ShouldNotContain(problem => problem.StartsWith("metering.sig: "));
    }

    [Fact]
    public void Check_AnswerOfAnotherNode_IsNamed()
    {
        var proof = Proof();
        proof["response"] = JsonNode.Parse(SignedResults.For(Request, "An answer.", KeyPair.Generate()).ResponseEnvelope.Wire.Span);

        Check(proof).Problems.ShouldContain(problem => problem.StartsWith("response.keyId: "));
    }

    [Fact]
    public void Check_AnotherSalt_NoLongerFitsTheOutputHash()
    {
        var proof = Proof();
        proof["request"]!["salt"] = Convert.ToBase64String(new byte[32]);

        Check(proof).Problems.ShouldHaveSingleItem().ShouldStartWith("metering.payload.outputHash: ");
    }

    [Theory]
    [InlineData("", "this is not JSON")]
    [InlineData("{", "this is not JSON")]
    [InlineData("[]", "this is neither")]
    [InlineData("{}", "metering: ")]
    [InlineData("{\"metering\":5}", "metering: ")]
    [InlineData("{\"metering\":{}}", "metering: ")]
    public void Check_Nonsense_IsToldInOneSentence(string text, string beginning)
    {
        var report = ProofRules.Check(Encoding.UTF8.GetBytes(text));

        report.IsValid.ShouldBeFalse();
        report.Record.ShouldBeNull();
        report.Problems[0].ShouldStartWith(beginning);
    }

    [Theory]
    [InlineData("request", "5")]
    [InlineData("request", "{}")]
    [InlineData("request", "{\"requestId\":\"\\ud800\"}")]
    [InlineData("response", "{}")]
    [InlineData("response", "\"text\"")]
    [InlineData("responseDigest", "\"00\"")]
    public void Check_MalformedPart_IsAProblemAndNoException(string member, string value)
    {
        var proof = Proof();
        proof.Remove(member);
        var text = $"{proof.ToJsonString()[..^1]},\"{member}\":{value}}}";

        ProofRules.Check(Encoding.UTF8.GetBytes(text)).IsValid.ShouldBeFalse();
    }

    [Fact]
    public void Check_MemberGivenTwice_IsJudgedAsTheSignersOwnSoftwareWould()
    {
        var text = Encoding.UTF8.GetString(ProofRules.Write(Request, Result));
        var first = text.Replace("\"outputTokens\":2,\"priceMsat\"", "\"outputTokens\":99,\"outputTokens\":2,\"priceMsat\"");
        var last = text.Replace("\"outputTokens\":2,\"priceMsat\"", "\"outputTokens\":2,\"outputTokens\":99,\"priceMsat\"");

        first.ShouldNotBe(text);
        ProofRules.Check(Encoding.UTF8.GetBytes(first)).Problems.ShouldBeEmpty();
        ProofRules.Check(Encoding.UTF8.GetBytes(last)).IsValid.ShouldBeFalse();
    }
}
