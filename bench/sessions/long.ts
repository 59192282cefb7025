export async function measureLong(_folder: string, _megabytes: number) {
  return {};
}
