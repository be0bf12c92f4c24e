using System.Buffers;
using System.Text;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Protocol.Vectors;

public sealed class CanonicalJsonVectorTests
{
    [Fact]
    public void CanonicalJson_EveryVector_HasItsFormAndHash()
    {
        foreach (var (name, vector) in VectorFiles.Section("canonicalJson"))
        {
            var canonical = CanonicalJson.Of(Encoding.UTF8.GetBytes(vector.GetProperty("input").GetString()!));

            canonical.ShouldNotBeNull(name);
            Encoding.UTF8.GetString(canonical).ShouldBe(vector.GetProperty("canonical").GetString(), name);
            Hashes.Sha256(canonical).ShouldBe(vector.GetProperty("sha256").GetString(), name);
        }
    }

    /// <summary>Rules that only JavaScript values can show; those that a .NET value can show too are checked through the writers.</summary>
    [Fact]
    public void CanonicalJson_JavaScriptOnlyVector_HasItsForm()
    {
        foreach (var (name, vector) in VectorFiles.Section("canonicalJsOnly"))
        {
            var written = vector.GetProperty("js").GetString() switch
            {
                "-0" => Numbers(-0.0),
                "[NaN,Infinity,-Infinity]" => $"[{Numbers(double.NaN)},{Numbers(double.PositiveInfinity)},{Numbers(double.NegativeInfinity)}]",
                // A member that is undefined or a function does not exist in JSON; an absent member is what a record writes.
                "({b:undefined,a:1})" or "({f(){},a:1})" => Encoding.UTF8.GetString(CanonicalJson.Of("{\"a\":1}"u8)!),
                "({a:undefined})" => Encoding.UTF8.GetString(CanonicalJson.Of("{}"u8)!),
                "[undefined,1]" => Encoding.UTF8.GetString(CanonicalJson.Of("[null,1]"u8)!),
                "new Date(0)" => Encoding.UTF8.GetString(CanonicalJson.Of("\"1970-01-01T00:00:00.000Z\""u8)!),
                var unknown => throw new InvalidOperationException($"{name}: no rule for {unknown}"),
            };
            written.ShouldBe(vector.GetProperty("canonical").GetString(), name);
        }
    }

    private static string Numbers(double value)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonNumber.Write(value, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
