using System.Text.Json;
using System.Text.Json.Serialization;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Json;

/// <summary>
/// Source-generated JSON contracts of what travels only when routers trade work, stake or money. Apart from <see cref="ProtocolJson"/>,
/// so that a program that does none of it does not carry them.
/// </summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false)]
[JsonSerializable(typeof(PaymentSplit))]
[JsonSerializable(typeof(PaymentRequest))]
[JsonSerializable(typeof(PaymentReceipt))]
[JsonSerializable(typeof(StakeCommit))]
[JsonSerializable(typeof(StakeSlash))]
[JsonSerializable(typeof(Attestation))]
[JsonSerializable(typeof(NodeOffloadRequest))]
[JsonSerializable(typeof(NodeSizeEstimate))]
[JsonSerializable(typeof(NodeRfbPayload))]
[JsonSerializable(typeof(NodeBidPayload))]
[JsonSerializable(typeof(NodeAwardPayload))]
[JsonSerializable(typeof(SlaTargets))]
[JsonSerializable(typeof(JobSizeEstimate))]
[JsonSerializable(typeof(RequiredCaps))]
[JsonSerializable(typeof(RfbPayload))]
[JsonSerializable(typeof(BidConstraints))]
[JsonSerializable(typeof(BidPayload))]
[JsonSerializable(typeof(DataPlaneSession))]
[JsonSerializable(typeof(PaymentTerms))]
[JsonSerializable(typeof(AwardPayload))]
[JsonSerializable(typeof(JobSubmit))]
[JsonSerializable(typeof(JobUsage))]
[JsonSerializable(typeof(JobResult))]
public sealed partial class FederationJson : JsonSerializerContext;
