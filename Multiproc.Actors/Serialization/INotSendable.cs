namespace Multiproc.Serialization;

/// <summary>Marks what is of use in the process that made it only, and would else be refused for some field deep inside.</summary>
internal interface INotSendable;
