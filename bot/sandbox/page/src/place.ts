/** Who looks and at what, kept in the address: `?as=U0ANN#deploys`. */

import { useEffect, useState } from "react";

const FIRST_PERSON = "U0ANN";
export const HOME = "app-home";
export const MESSAGES = "app-messages";

export const personInAddress = () => new URLSearchParams(location.search).get("as") ?? FIRST_PERSON;

export const addressOf = (person: string, place: string) =>
  `?as=${encodeURIComponent(person)}#${encodeURIComponent(place)}`;

const read = () => ({ as: personInAddress(), name: decodeURIComponent(location.hash.slice(1)) });

/** The place in the address; moving changes the address, and the browser's Back works. */
export function usePlace() {
  const [place, setPlace] = useState(read);

  useEffect(() => {
    const follow = () => setPlace(read());
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);

  const go = (as: string, name: string) => {
    if (as === place.as && name === place.name) return;
    history.pushState(null, "", addressOf(as, name));
    setPlace({ as, name });
  };
  return { ...place, go };
}
