namespace FedAi.EndToEndTests.Conformance;

/// <summary>How a case is run.</summary>
internal enum Variant
{
    /// <summary>Over a scripted model.</summary>
    Scripted,

    /// <summary>The recorded stream, read in pieces of other sizes.</summary>
    InPieces,

    /// <summary>Over llama.cpp with the demo model.</summary>
    Real,
}
