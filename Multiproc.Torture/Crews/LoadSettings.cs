using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Crews;

/// <summary>What a load is made with.</summary>
/// <param name="Seed">Of all choices of the run.</param>
/// <param name="Crew">How many processes each load has.</param>
/// <param name="Complaints">Where its processes tell of broken promises.</param>
internal sealed record LoadSettings(int Seed, int Crew, Complaints Complaints);
