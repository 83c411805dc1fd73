namespace Multiproc.Cluster.Sessions;

/// <summary>A message on its way to the entity of an object, wherever that is.</summary>
internal sealed record EntityEnvelope(string Entity, ToEntity Message);
